/** Templates and Compose files that are not read because of their name or folder. */
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { resolvePath } from '../compose/path.js'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { expand, type Lookup } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { composeFiles } from './compose.js'
import { entriesIn, isFile } from './files.js'
import { COMPOSE_FILES, ENVIRONMENTS } from './layout.js'
import { onlyFile, readFile, type Workspace } from './workspace.js'

/** Folders in which people look for the files of a feature or product, and the tool does not. */
const OTHER_FOLDERS = /^\.?(docker|compose|config|conf|deploy|deployment|env|envs|environments|infra)$/

const SAMPLE = /^(example|sample|dist|template|tmpl|tpl)$/

/** Returns the kind of a file by its name, whether or not it is read. */
function sourceKind(name: string): 'template' | 'compose' | null {
  const words = name.split(/[._-]+/).filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  const isSample = words.some((word) => SAMPLE.test(word))
  if (/(^|[._-])compose([._-].*)?\.ya?ml$/.test(name)) return isSample ? null : 'compose'
  // Not `env.js.dist`, which is a program's.
  const isEnv =
    words.some((word) => word === 'env' || word === 'dotenv') &&
    !/^(\w?js|ts|php|json|ya?ml)$/.test(words.at(-2) ?? '')
  return isEnv && (SAMPLE.test(last) || (isSample && last === 'env' && words.length === 2))
    ? 'template'
    : null
}

/** Found once in a run. */
interface Known {
  readonly folders: Map<string, readonly Problem[]>
  /** The files that the workspace's Compose files lead to. */
  named?: ReadonlySet<string>
}

const KNOWN = new WeakMap<Workspace['texts'], Known>()

/** Reports the files of a feature's or product's folder that look like a template or Compose file and are not read. */
export function unreadFiles(workspace: Workspace, folder: string): readonly Problem[] {
  // A project has files for many purposes, and Compose reads the same ones of them.
  if (workspace.layout.kind === 'project') return []
  const known: Known = KNOWN.get(workspace.texts) ?? { folders: new Map() }
  KNOWN.set(workspace.texts, known)
  let problems = known.folders.get(folder)
  if (problems === undefined) {
    const candidates = candidatesIn(workspace, folder)
    if (candidates.length > 0) known.named ??= namedFiles(workspace)
    const unread = candidates.filter((name) => !known.named?.has(`${folder}/${name}`))
    problems = unread.flatMap((name) => unreadFile(workspace, folder, name) ?? [])
    known.folders.set(folder, problems)
  }
  return problems
}

/** The files that look like sources but have another name or are a folder deeper; relative to the folder. */
function candidatesIn(workspace: Workspace, folder: string): string[] {
  const files = (inner: string): string[] =>
    entriesIn(join(workspace.root, folder, inner)).flatMap((entry) => {
      const name = inner + entry.name
      if (inner === '' && !entry.isFile() && OTHER_FOLDERS.test(name)) return files(`${name}/`)
      return entry.isDirectory() || sourceKind(entry.name) === null ? [] : [name]
    })
  const found = new Set(files(''))
  const unread = new Set(found)
  const { templates, composeFiles } = placesOf(workspace, folder)
  const isFound = (file: string) => found.has(within(folder, file))
  for (const environment of [null, ...ENVIRONMENTS]) {
    const read = templates(environment).find(isFound)
    if (read !== undefined) unread.delete(within(folder, read))
  }
  // Several of these are reported where they are read.
  for (const file of composeFiles) unread.delete(within(folder, file))
  return [...unread]
}

/** Absolute paths keep `relative` from asking for the current directory, which may be gone. */
function within(folder: string, file: string): string {
  return relative(join('/', folder), join('/', file))
}

function unreadFile(workspace: Workspace, folder: string, name: string): Problem | null {
  const place = { file: `${folder}/${name}` }
  if (sourceKind(basename(name)) === 'template') {
    const places = placesOf(workspace, folder)
    const template =
      places.templates(null).find((file) => isFile(join(workspace.root, file))) ?? places.newTemplate
    const message = `This template is not read; only ${template} is`
    return problem('skipped-file', place, message, templateAdvice(workspace, template, name))
  }
  const [{ files, isChosen }] = startsOf(workspace, folder)
  // COMPOSE_FILE is a deliberate choice.
  if (isChosen) return null
  const message = 'This Compose file is not read, so its ports and variables are not known'
  const names = files.map((file) => within(folder, file))
  return problem('skipped-file', place, message, composeAdvice(workspace, folder, name, names))
}

function templateAdvice({ root }: Workspace, template: string, name: string): string {
  if (isFile(join(root, template))) return `Move its variables to ${template}, or delete it.`
  const move = name.includes('/') ? `Move it to ${template}` : `Rename it to ${basename(template)}`
  return `${move}, or add "${name}" to templates: in workspace.yaml.`
}

/** @param files that Compose reads, relative to the folder */
function composeAdvice(
  { layout }: Workspace,
  folder: string,
  name: string,
  files: readonly string[],
): string {
  const [main = COMPOSE_FILES[0]] = files
  const product = layout.productAt(folder)
  const env = product === null ? null : layout.product(product).env
  const isVariant = !COMPOSE_FILES.includes(basename(name))
  if (files.length > 0 && isVariant) {
    return env === null
      ? `List it after ${main} in the path: of the include: that a product has, or delete it.`
      : `Set COMPOSE_FILE=${[...files, name].join(':')} in ${env} to use it, or COMPOSE_FILE=${files.join(':')} to leave it out.`
  }
  if (name.includes('/') && files.length > 0) return `Include it in ${folder}/${main}: include: [${name}]`
  const move = name.includes('/') ? `Move it to ${folder}/${main}` : `Rename it to ${main}`
  return env === null
    ? `${move}, or add "${name}" to composeFiles: in workspace.yaml.`
    : `${move}, or set COMPOSE_FILE=${name} in ${env}.`
}

/** Where Compose starts to read. */
interface Start {
  readonly files: readonly string[]
  /** Whether COMPOSE_FILE names them. */
  readonly isChosen: boolean
  readonly lookup: Lookup
}

/** A product has several if its instances have a COMPOSE_FILE of their own. */
function startsOf(workspace: Workspace, folder: string): [Start, ...Start[]] {
  const product = workspace.layout.productAt(folder)
  const { composeFiles: own, newTemplate } = placesOf(workspace, folder)
  if (product === null) {
    const { file, text } = onlyFile(workspace, own)
    return [{ files: text === null ? [] : [file], isChosen: false, lookup: () => undefined }]
  }
  const start = (env: string): Start => {
    const { values } = readEnv(parseEnv(readFile(workspace, env).text ?? ''))
    const { files } = composeFiles(workspace, product, (name) => values.get(name))
    const lookup = (name: string): string | undefined => {
      const value = values.get(name)
      return value === undefined ? undefined : decode(value)
    }
    return { files, isChosen: (values.get('COMPOSE_FILE') ?? '') !== '', lookup }
  }
  const names = entriesIn(join(workspace.root, folder)).map(({ name }) => name)
  const overlays = names.filter((name) => name.startsWith('.env.') && sourceKind(name) === null)
  const { env } = workspace.layout.product(product)
  const main = start(names.includes(basename(env)) ? env : newTemplate)
  const others = overlays.map((name) => start(`${folder}/${name}`))
  return [main, ...others.filter(({ isChosen }) => isChosen)]
}

function placesOf({ layout }: Workspace, folder: string) {
  const product = layout.productAt(folder)
  return product === null ? layout.feature(layout.featureAt(folder) ?? '') : layout.product(product)
}

/** The files that Compose reads, approximated by the paths in their texts: a model of every product would be slow. */
function namedFiles(workspace: Workspace): Set<string> {
  const folders = [
    ...workspace.features.map((name) => workspace.layout.feature(name).folder),
    ...workspace.products.map((name) => workspace.layout.product(name).folder),
  ]
  const named = new Set<string>()
  const inside = (path: string): string => (isAbsolute(path) ? relative(workspace.root, path) : path)
  const texts = new Map<string, readonly string[] | null>()
  const pathsOf = (file: string): readonly string[] | null => {
    let paths = texts.get(file)
    if (paths === undefined) {
      const isThere = !file.startsWith('..') && isFile(join(workspace.root, file))
      paths = isThere ? pathsIn(decode(readFile(workspace, file).text ?? '')) : null
      texts.set(file, paths)
    }
    return paths
  }
  for (const folder of folders) {
    for (const { files, lookup } of startsOf(workspace, folder)) {
      const seen = new Set<string>()
      const follow = (file: string): void => {
        if (seen.has(file)) return
        seen.add(file)
        const paths = pathsOf(file)
        if (paths === null) return
        named.add(file)
        for (const each of paths) {
          const expanded = each.includes('$') ? expand(each, lookup) : { ok: true as const, value: each }
          if (!expanded.ok || !mayBeRead(expanded.value)) continue
          const near = inside(resolvePath(dirname(file), expanded.value))
          follow(pathsOf(near) === null ? join(folder, expanded.value) : near)
        }
      }
      for (const file of files) follow(inside(file))
    }
  }
  return named
}

/** The words of a Compose file that may be paths of other ones or of env files, as written. */
function pathsIn(text: string): string[] {
  const words = text.replace(/(^|\s)#.*/g, '').match(/(?:\$\{[^}]*\}|[^\s"'[\]{},:;=])+/g) ?? []
  return words.filter((word) => word.includes('$') || mayBeRead(word))
}

function mayBeRead(path: string): boolean {
  return /\.ya?ml$/.test(path) || sourceKind(basename(path)) !== null
}
