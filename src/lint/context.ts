/** The input of a rule: one feature with one of its templates, and the other features. */
import type { EphemeralRange } from '../claims/hazards.js'
import { type Gap, gapsOf } from '../compose/gaps.js'
import { type ComposeProject, readProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import { decode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { references } from '../env/expand.js'
import { type EnvReading, readEnv } from '../env/read.js'
import { featurePlaceholders, resolvePlaceholders } from '../merge/placeholder.js'
import { reservedReason } from '../merge/reserved.js'
import type { Range } from '../ports/overlap.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'

/** The files of a feature, relative to the workspace; texts are byte strings. */
export interface LintSource {
  readonly name: string
  /** `features/redis` */
  readonly folder: string
  /** At least one; the one without an environment comes first. */
  readonly templates: readonly TemplateFile[]
  readonly composeFile: string | null
  /** Of the workspace and of the feature. */
  readonly portVariables: readonly string[]
  /** The variables that a merge sets besides those of templates: byte strings. */
  readonly given?: ReadonlyMap<string, string>
  /** Returns null for a file that does not exist. */
  readonly read: (file: string) => string | null
}

/** `.env.example`, or `.env.dev.example`, which replaces it in environment `dev`. */
export interface TemplateFile {
  readonly environment: string | null
  readonly file: string
}

export interface Template extends TemplateFile {
  readonly text: string | null
  readonly doc: EnvDocument
  readonly reading: EnvReading
  /** The last definition of each variable. */
  readonly defined: ReadonlyMap<string, Statement>
}

export interface LintContext {
  readonly feature: string
  readonly folder: string
  readonly template: Template
  /** All templates of the feature, including this one. */
  readonly templates: readonly Template[]
  /** Read with the values of the template. */
  readonly compose: ComposeProject | null
  readonly read: (file: string) => string | null
  readonly others: OtherFeatures
  /** Returns true for a port variable. */
  readonly isPort: IsPort
  /** The number of offsets. */
  readonly modulus: number
  readonly ephemeral: EphemeralRange | null
}

/** A variable that a feature defines. */
export interface Definition {
  readonly feature: string
  readonly file: string
  readonly line: number
  readonly key: string
  /** As Compose reads it; a byte string. */
  readonly value: string
  /** Null unless it is a port variable with a port. */
  readonly base: Range | null
}

/** The other features in one environment, and the Compose files of products. */
export interface OtherFeatures {
  /** Returns the definitions of a variable. */
  readonly defining: (key: string) => readonly Definition[]
  /** Returns the variables whose base ports overlap with a range. */
  readonly withBase: (base: Range) => readonly Definition[]
  /** Returns the ports that the Compose file of the variable's feature publishes. */
  readonly ports: (defined: Definition) => readonly PublishedPort[]
  /** Returns true if a Compose file contains a text. */
  readonly isUsed: (text: string) => boolean
  /** Returns true if a template, Compose file or product env contains the name of a variable. */
  readonly mentions: (variable: string) => boolean
  /** Returns true if a Compose file has a key of that name: a service, a network… */
  readonly hasKey: (name: string) => boolean
  /** Returns true if a template or Compose file contains a text that is not part of a longer word. */
  readonly names: (text: string) => boolean
  /** Returns the features whose Compose files publish one of these ports as a number. */
  readonly publishing: (range: Range) => readonly string[]
}

export function readTemplate(source: LintSource, { environment, file }: TemplateFile): Template {
  const text = source.read(file)
  const doc = parseEnv(text ?? '')
  const defined = new Map(doc.statements.map((statement) => [statement.key, statement]))
  return { environment, file, text, doc, reading: readEnv(doc), defined }
}

/** Reads the Compose file as in a product that includes it. */
export function readCompose(source: LintSource, template: Template): ComposeProject | null {
  const { composeFile, folder, given, read } = source
  if (composeFile === null) return null
  const readText = (path: string): string | null => {
    const text = read(path)
    return text === null ? null : decode(text)
  }
  const { values } = template.reading
  const placeholders = featurePlaceholders('__PRODUCT__', `/${folder}`)
  // The `.env` in the folder of an included file gives defaults.
  const defaults = readEnv(parseEnv(read(`${folder}/.env`) ?? ''), values).values
  return readProject([composeFile], readText, (name) => {
    const value = given?.get(name) ?? values.get(name) ?? defaults.get(name)
    // The same path on every machine.
    return value === undefined ? undefined : decode(resolvePlaceholders(value, placeholders))
  })
}

/** Returns the value of a statement as written, without its quotes: a byte string. */
export function rawOf({ doc }: Template, statement: Statement): string {
  return rawValue(doc, statement)
}

/** Returns true for a place in the feature's own files: an included feature is linted by itself. */
export function isOwn({ folder }: LintContext, { file }: { readonly file: string }): boolean {
  return file.startsWith(`${folder}/`)
}

/** Returns what services of the feature need and its project does not define. */
export function ownGaps(context: LintContext, ...kinds: readonly Gap['kind'][]): Gap[] {
  const gaps = context.compose === null ? [] : gapsOf(context.compose)
  return gaps.filter(({ kind, span }) => kinds.includes(kind) && isOwn(context, span))
}

export function ownPorts(context: LintContext): PublishedPort[] {
  return (context.compose?.ports ?? []).filter(({ span }) => isOwn(context, span))
}

/** A port variable of the template. */
interface PortVariable<Port = ReturnType<typeof parsePortValue>> {
  readonly key: string
  readonly file: string
  readonly line: number
  /** As written, without quotes: a byte string. */
  readonly raw: string
  readonly port: Port
}

export function portVariables({ template, isPort }: LintContext): PortVariable[] {
  return [...template.defined].flatMap(([key, statement]): PortVariable[] => {
    if (!isPort(key) || statement.kind === 'inherit') return []
    const raw = rawOf(template, statement)
    return [{ key, file: template.file, line: statement.line, raw, port: parsePortValue(raw) }]
  })
}

/** Returns the port variables that have a base port. */
export function baseVariables(context: LintContext): PortVariable<PortValue>[] {
  return portVariables(context).flatMap(({ port, ...variable }) =>
    typeof port === 'string' ? [] : [{ ...variable, port }],
  )
}

/** `features/redis/.env.example:3` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`
}

/** Returns where to declare what a service of a file uses: `extends` imports only the service. */
export function toDeclareIn({ compose }: LintContext, file: string): string {
  return compose?.extendedOnly.includes(file) ? (compose.files[0] ?? file) : 'the file'
}

/**
 * Returns true if a text is the same in every product. A variable that is never set, or that features may not set
 * (COMPOSE_PROJECT_NAME), differs between products, unless it has a default.
 * @param raw as written
 * @param text expanded
 */
export function isFixed({ template, others }: LintContext, raw: string, text: string): boolean {
  // A merge replaces this placeholder in env files only.
  if (text.includes('__PRODUCT__') && !raw.includes('__PRODUCT__')) return false
  return references(raw).every(({ name, operator }) => {
    if (reservedReason(name) !== null) return false
    if (template.defined.has(name) || others.defining(name).length > 0) return true
    return operator.endsWith('-')
  })
}
