/** A workspace and the reading of its files, each once. */

import { existsSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ParsedFiles } from '../compose/parse.js'
import { parseEnv } from '../env/document.js'
import type { TemplateSource, TextSource } from '../merge/source.js'
import { DEFAULT_MODULUS } from '../ports/offset.js'
import { type Problem, type ProblemCode, problem } from '../problem.js'
import { type FileText, readText } from './files.js'
import { type Environment, isProductEnv, isTemplate, type Layout, NAME_PATTERN } from './layout.js'
import { isLink, leadsOut, strayLink } from './link.js'
import { readSettings, type Settings } from './read-settings.js'
import type { Schema } from './schema.js'
import { NAMES_ARE, WORKSPACE_SCHEMA, type WorkspaceSettings } from './settings.js'
import { suggestion } from './suggestion.js'
import { workspaceLayout } from './workspace-layout.js'

/** A workspace whose settings are read; products are loaded one by one. */
export interface Workspace {
  /** Absolute. */
  readonly root: string
  readonly layout: Layout
  /** How many offsets there are. */
  readonly modulus: number
  /** The one that the user asks for; without it, each product env tells its own (`environmentOf`). */
  readonly environment: Environment | null
  /** The names of all products and features, by code point. */
  readonly products: readonly string[]
  readonly features: readonly string[]
  readonly problems: readonly Problem[]
  /** What has been read, so that each file is read once in a run and each template parsed once. */
  readonly texts: Map<string, FileText>
  readonly templates: Map<string, TemplateSource | null>
  /** The same for Compose files. */
  readonly parsed: ParsedFiles
}

const NAME = new RegExp(NAME_PATTERN)

/** Opens a workspace. @param root absolute, a folder that has `features/` and `products/` */
export async function openWorkspace(
  root: string,
  environment: Environment | null = null,
): Promise<Workspace> {
  const layout = workspaceLayout(root)
  const { products, features, problems: found } = layout.list()
  const problems = [...found]
  const texts = new Map<string, FileText>()
  const bare = { root, layout, modulus: DEFAULT_MODULUS, environment, products, features, problems, texts }
  const workspace: Workspace = { ...bare, templates: new Map(), parsed: new Map() }
  const { settings } = await readYaml<WorkspaceSettings>(
    workspace,
    layout.settings,
    WORKSPACE_SCHEMA,
    problems,
  )
  return { ...workspace, modulus: settings.modulus ?? DEFAULT_MODULUS }
}

/** Whether a text may be the name of a feature, product or instance. */
export function isName(name: string): boolean {
  return NAME.test(name)
}

/** A problem if a name is none of the workspace's products, with the nearest one that is. */
export function checkProduct({ products }: Workspace, name: string): Problem | null {
  if (products.includes(name)) return null
  if (!isName(name)) return badName(name, 'product')
  const message = `Product ${name} does not exist`
  return problem('no-product', {}, message, suggestion(name, products, 'products'))
}

/** Says that there is no such feature, with the nearest name. Null if there is one. */
export function unknownFeature({ features }: Workspace, name: string): Problem | null {
  if (!isName(name)) return badName(name, 'feature')
  if (features.includes(name)) return null
  const next = suggestion(name, features, 'features')
  return problem('no-feature', {}, `Feature ${name} does not exist`, next)
}

/** The problem of a name that is none. */
export function badName(name: string, kind: 'product' | 'feature' | 'instance'): Problem {
  return problem('bad-name', {}, `${JSON.stringify(name)} is not a valid ${kind} name`, NAMES_ARE)
}

/** The workspace as it will be once files are written that are no templates. */
export function withTexts(
  workspace: Workspace,
  files: readonly { readonly file: string; readonly after: string | null }[],
): Workspace {
  const texts = files.map(({ file, after }) => [file, { text: after, problem: null }] as const)
  return { ...workspace, texts: new Map([...workspace.texts, ...texts]) }
}

/** The text of a file of the workspace, read once. @param file relative to the workspace */
export function readFile(workspace: Workspace, file: string, problems: Problem[]): TextSource {
  const { texts } = workspace
  const read = texts.get(file) ?? freshText(workspace, file)
  texts.set(file, read)
  if (read.problem !== null) problems.push(read.problem)
  return { file, text: read.text }
}

/** A workspace from somebody else must not reach files of the user's: templates are copied and shown, product envs written. */
function freshText({ root, layout }: Workspace, file: string): FileText {
  const path = resolve(root, file)
  if (isTemplate(file) && leadsOut(root, path)) {
    const next = 'Replace the link with a file, or link the whole folder instead.'
    return notRead(
      'foreign-link',
      file,
      'this is a link to a file outside the workspace, so it is not read',
      next,
    )
  }
  const isEnv = isProductEnv(layout, file)
  const stray = isEnv ? strayLink(path) : null
  if (stray !== null) return notRead('foreign-link', file, `cannot be read: ${stray.why}`, stray.next)
  const read = readText(path, file)
  // A merge makes the product env that a link points to.
  if (read.text !== null || read.problem !== null || isEnv || !isLink(path)) return read
  const message = `cannot be read: it is a link to ${readlinkSync(path)}, which does not exist`
  return notRead('unreadable-file', file, message, 'Create that file, or correct the link (ls -l).')
}

function notRead(code: ProblemCode, file: string, message: string, next: string): FileText {
  return { text: null, problem: problem(code, { file }, message, next) }
}

/** The template of a feature; null where it has none. */
export function readTemplate(
  workspace: Workspace,
  feature: string,
  environment: Environment | null,
  problems: Problem[],
): TemplateSource | null {
  const key = `${feature} ${environment}`
  const known = workspace.templates.get(key)
  if (known !== undefined) return known
  const found: Problem[] = []
  const files = workspace.layout.feature(feature).templates(environment)
  const { file, text } = firstFile(workspace, files, found)
  const template = text === null ? null : { file, doc: parseEnv(text) }
  // One that cannot be read is asked for again by the next product, which has the problem, too.
  if (found.length === 0) workspace.templates.set(key, template)
  problems.push(...found)
  return template
}

/** A settings file and what it holds; empty settings where there is none. @param files its names */
export async function readYaml<T extends object>(
  workspace: Workspace,
  files: readonly string[],
  schema: Schema,
  problems: Problem[],
): Promise<Settings<T> & { readonly file: string }> {
  const { file, text } = onlyFile(workspace, files, problems)
  if (text === null) return { file, settings: {} as T, problems: [], lineOf: () => 1 }
  const read = await readSettings<T>(text, file, schema)
  problems.push(...read.problems)
  return { ...read, file }
}

/** A file that has several names. If it is there under more than one, the first counts, and the others are problems. */
export function onlyFile(workspace: Workspace, files: readonly string[], problems: Problem[]): TextSource {
  const source = firstFile(workspace, files, problems)
  for (const file of files.slice(files.indexOf(source.file) + 1)) {
    if (!existsSync(join(workspace.root, file))) continue
    const message = `this file is not read, since ${source.file} is there too`
    problems.push(problem('skipped-file', { file }, message, 'Delete the one that is not meant.'))
  }
  return source
}

/** The first of several files that is there, readable or not; the first one's name where none is. */
export function firstFile(workspace: Workspace, files: readonly string[], problems: Problem[]): TextSource {
  const found: Problem[] = []
  for (const file of files) {
    const source = readFile(workspace, file, found)
    problems.push(...found)
    if (source.text !== null || found.length > 0) return source
  }
  return { file: files[0] as string, text: null }
}
