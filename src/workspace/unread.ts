/** Templates and Compose files that are not read because of their name or folder. */
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { resolvePath } from '../compose/path.js'
import { decode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import { expand, type Lookup } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { type Problem, problem } from '../problem.js'
import { composeFiles, textLookup } from './compose-files.js'
import { entriesIn, isFile } from './files.js'
import { COMPOSE_FILES, ENVIRONMENTS } from './layout.js'
import { onlyFile, readFile, type Workspace } from './workspace.js'

/** Folders in which people look for the files of a feature or product. */
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

interface Found {
  readonly folders: Map<string, readonly Problem[]>
  named?: ReadonlySet<string>
}

/** What a run has found. */
const FOUND = new WeakMap<Workspace['texts'], Found>()

/** Reports the files in a feature's or product's folder that look like a template or Compose file and are not read. */
export function unreadFiles(workspace: Workspace, folder: string): readonly Problem[] {
  if (workspace.layout.hasOtherFiles) return []
  const found: Found = FOUND.get(workspace.texts) ?? { folders: new Map() }
  FOUND.set(workspace.texts, found)
  let problems = found.folders.get(folder)
  if (problems === undefined) {
    const candidates = candidatesIn(workspace, folder)
    if (candidates.length > 0) found.named ??= namedFiles(workspace)
    const unread = candidates.filter((name) => !found.named?.has(`${folder}/${name}`))
    problems = unread.flatMap((name) => unreadFile(workspace, folder, name) ?? [])
    found.folders.set(folder, problems)
  }
  return problems
}

/** The files that look like sources and that the layout does not read; relative to the folder. */
function candidatesIn(workspace: Workspace, folder: string): string[] {
  const files = (inner: string): string[] =>
    entriesOf(workspace, join(folder, inner)).flatMap((entry) => {
      const name = inner + entry.name
      if (inner === '' && !entry.isFile() && OTHER_FOLDERS.test(name)) return files(`${name}/`)
      return entry.isDirectory() || sourceKind(entry.name) === null ? [] : [name]
    })
  const found = files('')
  const { templates, composeFiles } = placesOf(workspace, folder)
  const paths = new Set(found.map((name) => `${folder}/${name}`))
  const read = [null, ...ENVIRONMENTS].flatMap(
    (each) => templates(each).find((file) => paths.has(file)) ?? [],
  )
  // If there are several of these Compose files, they are reported where they are read.
  const known = new Set([...read, ...composeFiles])
  return found.filter((name) => !known.has(`${folder}/${name}`))
}

function entriesOf({ root }: Workspace, folder: string) {
  return entriesIn(join(root, folder), folder).entries
}

/** Absolute paths keep `relative` from using the current directory, which may not exist. */
function within(folder: string, file: string): string {
  return relative(join('/', folder), join('/', file))
}

function unreadFile(workspace: Workspace, folder: string, name: string): Problem | null {
  const place = { file: `${folder}/${name}` }
  if (sourceKind(basename(name)) === 'template') {
    const { templates, newTemplate } = placesOf(workspace, folder)
    const template = templates(null).find((file) => isFile(join(workspace.root, file))) ?? newTemplate
    const message = `This template is not read; only ${template} is`
    return problem('skipped-file', place, message, templateAdvice(workspace, template, name))
  }
  const [{ files, isChosen }] = startsOf(workspace, folder)
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

/** @param files the names that Compose reads */
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
  /** COMPOSE_FILE names them. */
  readonly isChosen: boolean
  readonly lookup: Lookup
}

/** Returns several for a product whose instances have a COMPOSE_FILE of their own. */
function startsOf(workspace: Workspace, folder: string): [Start, ...Start[]] {
  const product = workspace.layout.productAt(folder)
  const { composeFiles: own, newTemplate } = placesOf(workspace, folder)
  if (product === null) {
    const { file, text } = onlyFile(workspace, own)
    return [{ files: text === null ? [] : [file], isChosen: false, lookup: () => undefined }]
  }
  const start = (env: string): Start => {
    const { values } = readEnv(parseEnv(readFile(workspace, env).text ?? ''))
    const bytesOf = (name: string) => values.get(name)
    const { files } = composeFiles(workspace, product, bytesOf)
    return { files, isChosen: (bytesOf('COMPOSE_FILE') ?? '') !== '', lookup: textLookup(bytesOf) }
  }
  const names = entriesOf(workspace, folder).map(({ name }) => name)
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
  const { root, layout } = workspace
  const folders = [
    ...workspace.features.map((name) => layout.feature(name).folder),
    ...workspace.products.map((name) => layout.product(name).folder),
  ]
  const named = new Set<string>()
  const inside = (path: string): string => (isAbsolute(path) ? relative(root, path) : path)
  const isThere = (file: string) => !file.startsWith('..') && isFile(join(root, file))
  for (const folder of folders) {
    for (const { files, lookup } of startsOf(workspace, folder)) {
      const seen = new Set<string>()
      const follow = (file: string): void => {
        if (seen.has(file) || !isThere(file)) return
        seen.add(file)
        named.add(file)
        for (const each of pathsIn(decode(readFile(workspace, file).text ?? ''))) {
          const expanded = expand(each, lookup)
          if (!expanded.ok || !mayBeRead(expanded.value)) continue
          const near = inside(resolvePath(dirname(file), expanded.value))
          follow(isThere(near) ? near : join(folder, expanded.value))
        }
      }
      for (const file of files) follow(inside(file))
    }
  }
  return named
}

/** Returns the words of a Compose file that may be paths of other ones or of env files, as written. */
function pathsIn(text: string): string[] {
  const words = text.replace(/(^|\s)#.*/g, '').match(/(?:\$\{[^}]*\}|[^\s"'[\]{},:;=])+/g) ?? []
  return words.filter((word) => word.includes('$') || mayBeRead(word))
}

function mayBeRead(path: string): boolean {
  return /\.ya?ml$/.test(path) || sourceKind(basename(path)) !== null
}
