/** The file of `-o`. */
import { resolve } from 'node:path'
import { encode } from '../env/bytes.js'
import type { Problem } from '../problem.js'
import { save } from '../save/save.js'
import { readText } from '../workspace/files.js'
import type { Host } from './host.js'

/** Writes a result to a file, relative to the current directory. @returns the problem that stopped it */
export function saveOutput({ cwd }: Host, file: string, text: string): Problem | null {
  const path = resolve(cwd, file)
  const { text: before, problem } = readText(path, file)
  return problem ?? save({ path, file, before, after: encode(text), shared: true })
}
