/** A folder with a product env in it, for tests that save it. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { save } from '../../src/save/save.js'
import { makeFolder } from '../support/workspace.js'

/** @param text of the product env; without it there is none */
export function folderWith(text?: string | null) {
  const folder = makeFolder()
  const env = folder.path('.env')
  const reset = (to?: string | null) => {
    rmSync(env, { force: true })
    if (typeof to === 'string') writeFileSync(env, to, { encoding: 'latin1', mode: 0o600 })
  }
  reset(text)
  const problem = (before: string | null, after: string | null, path = env) =>
    save({ path, file: 'products/p/.env', before, after })
  return {
    ...folder,
    env,
    /** Makes the product env anew, or removes it. */
    reset,
    /** Saves in place of `before`. */
    problem,
    /** The same, but gives the code only. */
    save: (...words: Parameters<typeof problem>) => problem(...words)?.code ?? null,
    names: () => readdirSync(folder.root).sort(),
  }
}
