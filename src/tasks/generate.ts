/** Creates product envs from the products' own `.env.example` files. */
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import type { FileChange } from '../file-change.js'
import { textFromExample } from '../merge/placeholder.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import { savesOf } from './changes.js'

export interface GeneratedEnv {
  readonly product: string
  /** The product env. */
  readonly file: string
  /** Its `.env.example`. */
  readonly from: string
  /** It existed before, and is unchanged. */
  readonly exists: boolean
  /** Without an error, it is created. */
  readonly changed: boolean
  readonly written: boolean
}

/**
 * Creates the product envs that do not exist yet: all of them, or none.
 * @param options skip leaves out products without an `.env.example`, which are errors otherwise; dryRun writes nothing
 */
export async function generateEnvs(
  workspace: Workspace,
  names: readonly string[],
  { skip = false, dryRun = false }: { readonly skip?: boolean; readonly dryRun?: boolean } = {},
): Promise<{ readonly products: readonly GeneratedEnv[]; readonly problems: readonly Problem[] }> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const created = products.map((product) => createEnv(product, skip))
  const found = [...products, ...created].flatMap(({ problems }) => problems)
  const problems = [...workspace.problems, ...found]
  const changes = hasErrors(problems) ? [] : created.flatMap(({ change }) => change ?? [])
  const failed = dryRun ? [] : saveAll(savesOf(workspace, changes))
  return {
    products: products.map(({ source: { name, env, example } }) => {
      const changed = changes.some(({ file }) => file === env.file)
      const written = changed && !dryRun && failed.length === 0
      return {
        product: name,
        file: env.file,
        from: example.file,
        exists: env.text !== null,
        changed,
        written,
      }
    }),
    problems: [...problems, ...failed],
  }
}

function createEnv(
  { source: { name, env, example }, problems }: LoadedProduct,
  skip: boolean,
): { readonly change: FileChange | null; readonly problems: readonly Problem[] } {
  if (env.text !== null) return { change: null, problems: [] }
  if (example.text === null) {
    // An unreadable file is reported already.
    if (skip || problems.some(({ file }) => file === example.file)) return { change: null, problems: [] }
    const message = `Product ${name} has no .env.example`
    const next = `Create ${example.file}, or use --merge, which does not need it.`
    return { change: null, problems: [problem('no-env-example', { file: example.file }, message, next)] }
  }
  const after = textFromExample(example.text, name)
  const { refusals } = readEnv(parseEnv(after))
  return {
    change: { file: env.file, before: null, after },
    problems: refusals.map((refusal) => refusalProblem(example.file, refusal)),
  }
}
