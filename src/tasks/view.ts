/** Lists the variables that Compose reads from product envs. */
import { readAsDotenv } from '../env/dotenv.js'
import type { ProductSource } from '../merge/source.js'
import { type ViewEntry, viewEnv } from '../merge/view.js'
import { type Problem, problem } from '../problem.js'
import { projectName } from '../workspace/compose.js'
import { type Overlay, overlayOf } from '../workspace/instances.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { readFile, type Workspace } from '../workspace/workspace.js'

export interface ProductView {
  readonly source: ProductSource
  readonly instance: string | null
  /** The texts of the product env and of the instance's overlay, in Compose's order. */
  readonly texts: readonly string[]
  readonly entries: readonly ViewEntry[]
}

type Shell = ReadonlyMap<string, string>

/**
 * Views product envs; with an instance, as Compose reads them together with its overlay.
 * @param options shell: the shell's variables, which Compose prefers; byte strings
 */
export async function viewProducts(
  workspace: Workspace,
  names: readonly string[],
  { instance = null, shell = new Map() }: { readonly instance?: string | null; readonly shell?: Shell } = {},
): Promise<{ readonly products: readonly ProductView[]; readonly problems: readonly Problem[] }> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const views = products.map((product) => viewProduct(workspace, product, instance, shell))
  return {
    products: views.flatMap(({ view }) => view ?? []),
    problems: [workspace, ...products, ...views].flatMap(({ problems }) => problems),
  }
}

function viewProduct(
  workspace: Workspace,
  product: LoadedProduct,
  instance: string | null,
  shell: Shell,
): { readonly view: ProductView | null; readonly problems: readonly Problem[] } {
  const { source } = product
  const { files, problems: unread } = filesOf(workspace, product, instance)
  if (files === null) return { view: null, problems: unread }
  const problems = [...unread]
  const nameOf = (values: ReadonlyMap<string, string>): string => {
    const project = projectName(workspace, source.name, values)
    problems.push(...project.problems)
    return project.name
  }
  const view = viewEnv(source, files, shell, readAsDotenv, nameOf)
  problems.push(...view.problems)
  // Compose refuses the whole file.
  if (view.problems.length > 0) return { view: null, problems }
  // --env-file, as for an instance, overrides both settings.
  if (instance === null)
    problems.push(
      ...switchedOff(source.env.file, new Map(view.entries.map(({ key, value }) => [key, value])), shell),
    )
  const texts = files.map(({ text }) => text)
  return { view: { source, instance, texts, entries: view.entries }, problems }
}

/** Go's strconv.ParseBool, as Compose parses the switch (measured with 2.40.3). */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/

/** Returns a problem if Compose would not read the product env at all. */
export function switchedOff(file: string, values: Shell, shell: Shell): Problem[] {
  if ((shell.get('COMPOSE_ENV_FILES') ?? '') !== '') {
    const message = "The shell's COMPOSE_ENV_FILES makes Compose read other files instead"
    return [problem('env-file-off', { file }, message, 'Run: unset COMPOSE_ENV_FILES')]
  }
  const name = 'COMPOSE_DISABLE_ENV_FILE'
  const value = shell.get(name) ?? values.get(name) ?? ''
  if (!TRUE.test(value)) return []
  const isShell = shell.has(name)
  const message = `${name} is set in ${isShell ? 'the shell' : 'this file'}, so Compose does not read the file`
  return [problem('env-file-off', { file }, message, isShell ? `Run: unset ${name}` : 'Remove that line.')]
}

/** The env files that Compose would read, in order; null if one does not exist. */
function filesOf(
  workspace: Workspace,
  { source, problems }: LoadedProduct,
  instance: string | null,
): {
  readonly files: readonly { readonly file: string; readonly text: string }[] | null
  readonly problems: readonly Problem[]
} {
  const { name, env, example, features } = source
  if (env.text === null) {
    // An unreadable file is reported already.
    if (problems.some(({ file }) => file === env.file)) return { files: null, problems: [] }
    // A merge would create no file.
    const isEmpty = features.length === 0 && example.text === null
    const next = isEmpty
      ? `Create ${env.file}, or give the product a feature.`
      : `Run: product env --merge ${name}`
    const none = problem('no-env', { file: env.file }, `Product ${name} has no .env yet`, next)
    return { files: null, problems: [none] }
  }
  const own = { file: env.file, text: readFile(workspace, env.file).text ?? env.text }
  if (instance === null) return { files: [own], problems: [] }
  const overlay = overlayOf(workspace, name, instance)
  if (overlay.state === 'ours')
    return { files: [own, { file: overlay.file, text: overlay.text ?? '' }], problems: overlay.problems }
  return { files: null, problems: [...overlay.problems, noInstance(name, instance, overlay)] }
}

export function noInstance(product: string, instance: string, { file, state }: Overlay): Problem {
  const next =
    state === 'absent'
      ? `Run: product env --merge ${product} --instance ${instance}`
      : 'List the instances with product list.'
  return problem('no-instance', { file }, `Product ${product} has no instance ${instance}`, next)
}
