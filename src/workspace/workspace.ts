/** A workspace and the reading of its files, each once. */
import { existsSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ParsedFiles } from '../compose/parse.js'
import { parseEnv } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import type { TemplateSource, TextSource } from '../merge/source.js'
import { DEFAULT_MODULUS } from '../ports/offset.js'
import { type Problem, type ProblemCode, problem } from '../problem.js'
import { type FileText, readText } from './files.js'
import { type Environment, type FeatureStack, isProductEnv, type Layout } from './layout.js'
import { type LayoutOptions, layoutAt } from './layouts.js'
import { isLink, leadsOut, strayLink } from './link.js'
import { readSettings, type Settings } from './read-settings.js'
import type { Schema } from './schema.js'
import { FEATURE_SCHEMA, type FeatureSettings, WORKSPACE_SCHEMA, type WorkspaceSettings } from './settings.js'

/** A workspace whose settings are read; products are loaded one by one. */
export interface Workspace {
  /** Absolute. */
  readonly root: string
  readonly layout: Layout
  /** The number of offsets. */
  readonly modulus: number
  /** Of host names in URLs; null for plain `localhost`. */
  readonly domain: string | null
  /** Whether products are set apart unless their settings say otherwise. */
  readonly isolate: boolean
  /** Patterns of port variables, for all products and features. */
  readonly portVariables: readonly string[]
  /** The one that the user asks for; by default, that of each product env (`environmentOf`). */
  readonly environment: Environment | null
  readonly shell: LayoutOptions['shell']
  /** Names, by code point. */
  readonly products: readonly string[]
  readonly features: readonly string[]
  readonly problems: readonly Problem[]
  /** Caches: each file is read and parsed once in a run. */
  readonly texts: Map<string, FileText>
  readonly templates: Map<string, TemplateSource | null>
  readonly featureSettings: Map<string, SettingsFile<FeatureSettings>>
  readonly parsed: ParsedFiles
  /** By product, once it is loaded. */
  readonly stacks: Map<string, readonly FeatureStack[]>
}

export interface FileSource extends TextSource {
  readonly problems: readonly Problem[]
}

/**
 * Opens a workspace, or a Compose project as one.
 * @param root absolute, as `findWorkspace` returns it
 * @param shell the shell's variables, some of which are SPLENT's
 */
export async function openWorkspace(
  root: string,
  chosen: Environment | null = null,
  shell: LayoutOptions['shell'] = {},
): Promise<Workspace> {
  const options = { environment: chosen, shell }
  const row = layoutAt(root)
  const plain = row.open(root, options)
  const caches = {
    texts: new Map(),
    templates: new Map(),
    featureSettings: new Map(),
    parsed: new Map(),
    stacks: new Map(),
  }
  const defaults = { modulus: DEFAULT_MODULUS, portVariables: [], isolate: false, domain: null }
  const environment = chosen ?? plain.environment ?? null
  const bare = { root, layout: plain, ...defaults, environment, shell, ...caches }
  const empty: Workspace = { ...bare, products: [], features: [], problems: [] }
  const { settings, problems } = await readYaml<WorkspaceSettings>(empty, plain.settings, WORKSPACE_SCHEMA)
  // Opening it again lists and reads folders again.
  const layout = Object.keys(settings).length === 0 ? plain : row.open(root, options, settings)
  const listing = layout.list()
  return {
    ...bare,
    ...listing,
    layout,
    modulus: settings.modulus ?? DEFAULT_MODULUS,
    isolate: settings.isolate ?? false,
    domain: settings.domain ?? null,
    portVariables: settings.portVariables ?? [],
    problems: [...listing.problems, ...problems],
  }
}

/** Opens a workspace again, to read what has been written. */
export function reopen({ root, environment, shell }: Workspace): Promise<Workspace> {
  return openWorkspace(root, environment, shell)
}

/** Returns the workspace as it will be once files other than templates are written. */
export function withTexts(
  workspace: Workspace,
  files: readonly Pick<FileChange, 'file' | 'after'>[],
): Workspace {
  const texts = files.map(({ file, after }) => [file, { text: after, problem: null }] as const)
  return { ...workspace, texts: new Map([...workspace.texts, ...texts]), parsed: new Map() }
}

/** @param file relative to the workspace */
export function readFile(workspace: Workspace, file: string): FileSource {
  const read = workspace.texts.get(file) ?? freshText(workspace, file)
  workspace.texts.set(file, read)
  return { file, text: read.text, problems: read.problem === null ? [] : [read.problem] }
}

/** Somebody else's workspace must not reach the user's files: templates are shown, product envs written. */
function freshText({ root, layout }: Workspace, file: string): FileText {
  const path = resolve(root, file)
  if (layout.isTemplate(file) && leadsOut(root, path)) {
    const next = 'Replace the link with a file, or link the whole folder instead.'
    return notRead('foreign-link', file, 'is a link out of the workspace, so it is not read', next)
  }
  const isEnv = isProductEnv(layout, file)
  const stray = isEnv ? strayLink(path) : null
  if (stray !== null) return notRead('foreign-link', file, `cannot be read: ${stray.why}`, stray.next)
  const read = readText(path, file)
  // A merge creates the product env that a broken link names.
  if (read.text !== null || read.problem !== null || isEnv || !isLink(path)) return read
  const message = `cannot be read: it is a link to ${readlinkSync(path)}, which does not exist`
  return notRead('unreadable-file', file, message, 'Create that file, or correct the link (ls -l).')
}

function notRead(code: ProblemCode, file: string, why: string, next: string): FileText {
  return { text: null, problem: problem(code, { file }, `This file ${why}`, next) }
}

/** Reads the template of a feature; null if it has none. */
export function readTemplate(
  workspace: Workspace,
  feature: string,
  environment: Environment | null,
): { readonly template: TemplateSource | null; readonly problems: readonly Problem[] } {
  const key = `${feature} ${environment}`
  const known = workspace.templates.get(key)
  if (known !== undefined) return { template: known, problems: [] }
  const files = workspace.layout.feature(feature).templates(environment)
  const { file, text, problems } = firstFile(workspace, files)
  const template = text === null ? null : { file, doc: parseEnv(text) }
  // Every product with an unreadable template reports it.
  if (problems.length === 0) workspace.templates.set(key, template)
  return { template, problems }
}

/** A settings file, whether or not it exists. */
type SettingsFile<T> = Settings<T> & { readonly file: string }

/** Reads the settings of a feature. */
export async function readFeatureSettings(
  workspace: Workspace,
  feature: string,
): Promise<SettingsFile<FeatureSettings>> {
  const files = workspace.layout.feature(feature).settings
  const read =
    workspace.featureSettings.get(feature) ??
    (await readYaml<FeatureSettings>(workspace, files, FEATURE_SCHEMA))
  workspace.featureSettings.set(feature, read)
  return read
}

/** Reads a settings file; empty settings if it does not exist. @param files its names */
export async function readYaml<T extends object>(
  workspace: Workspace,
  files: readonly string[],
  schema: Schema,
): Promise<SettingsFile<T>> {
  const { file, text, problems } = onlyFile(workspace, files)
  if (text === null) return { file, settings: {} as T, problems, lineOf: () => 1 }
  const read = await readSettings<T>(text, file, schema)
  return { ...read, file, problems: [...problems, ...read.problems] }
}

/** Reads the first of a file's names that exists, and reports the others that exist too. */
export function onlyFile(workspace: Workspace, files: readonly string[]): FileSource {
  const source = firstFile(workspace, files)
  const rest = files.slice(files.indexOf(source.file) + 1)
  const others = rest.filter((file) => existsSync(join(workspace.root, file)))
  const skipped = others.map((file) => {
    const message = `This file is not read, because ${source.file} exists too`
    return problem('skipped-file', { file }, message, 'Delete one of the two.')
  })
  return { ...source, problems: [...source.problems, ...skipped] }
}

/** Reads the first file that exists, readable or not; if none does, returns the first one's name. */
export function firstFile(workspace: Workspace, files: readonly string[]): FileSource {
  for (const file of files) {
    const source = readFile(workspace, file)
    if (source.text !== null || source.problems.length > 0) return source
  }
  return { file: files[0] as string, text: null, problems: [] }
}
