/** What a rule looks at: one feature with one of its templates, and what the other features say. */

import type { EphemeralRange } from '../claims/hazards.js'
import { type Gap, gapsOf } from '../compose/gaps.js'
import { type ComposeProject, readProject } from '../compose/project.js'
import { decode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { references } from '../env/expand.js'
import { type EnvReading, readEnv } from '../env/read.js'
import { reservedReason } from '../merge/reserved.js'
import type { Neighbours } from './neighbours.js'

/** A feature as it lies in the workspace. Files are named from the workspace on, texts are byte strings. */
export interface LintSource {
  readonly name: string
  /** `features/redis` */
  readonly folder: string
  /** At least one; the one for no environment comes first, if it is there. */
  readonly templates: readonly TemplateFile[]
  /** Null where there is none. */
  readonly composeFile: string | null
  /** A file's text; null where there is no such file. */
  readonly read: (file: string) => string | null
}

/** `.env.example`, or `.env.dev.example`, which is read in its place in environment `dev`. */
export interface TemplateFile {
  readonly environment: string | null
  readonly file: string
}

/** A template that has been read. */
export interface Template extends TemplateFile {
  /** Null where there is none. */
  readonly text: string | null
  readonly doc: EnvDocument
  readonly reading: EnvReading
  /** The statement that counts of each variable: the last. */
  readonly stated: ReadonlyMap<string, Statement>
}

export interface LintContext {
  readonly feature: string
  readonly folder: string
  readonly template: Template
  /** All templates of the feature, this one among them. */
  readonly templates: readonly Template[]
  /** Read with the template's values, as Compose would; null where the feature has no Compose file. */
  readonly compose: ComposeProject | null
  readonly read: (file: string) => string | null
  /** The other features. */
  readonly others: Neighbours
  /** How many offsets there are. */
  readonly modulus: number
  /** Ports that the kernel gives to outgoing connections; null where nothing is known of them. */
  readonly ephemeral: EphemeralRange | null
}

/** Reads one template. */
export function readTemplate(source: LintSource, { environment, file }: TemplateFile): Template {
  const text = source.read(file)
  const doc = parseEnv(text ?? '')
  const stated = new Map(doc.statements.map((statement) => [statement.key, statement]))
  return { environment, file, text, doc, reading: readEnv(doc), stated }
}

/** The feature's Compose project, as in a product that includes it; null where it has no Compose file. */
export function readCompose(source: LintSource, template: Template): ComposeProject | null {
  const { composeFile, folder, read } = source
  if (composeFile === null) return null
  const readText = (path: string): string | null => {
    const text = read(path)
    return text === null ? null : decode(text)
  }
  const { values } = template.reading
  // Where a product includes the file, the folder's own `.env` gives defaults.
  const defaults = readEnv(parseEnv(read(`${folder}/.env`) ?? ''), values).values
  const lookup = (name: string): string | undefined => {
    const value = values.get(name) ?? defaults.get(name)
    return value === undefined ? undefined : decode(value)
  }
  return readProject([composeFile], readText, lookup)
}

/** The value of a statement as written, without its quotes: a byte string. */
export function rawOf({ doc }: Template, statement: Statement): string {
  return rawValue(doc, statement)
}

/** Whether a place in a Compose file is the feature's own: what it includes from another feature is that one's matter. */
export function isOwn({ folder }: LintContext, { file }: { readonly file: string }): boolean {
  return file.startsWith(`${folder}/`)
}

/** What services of the feature's own Compose files need and its project does not have. */
export function ownGaps(context: LintContext, ...kinds: readonly Gap['kind'][]): Gap[] {
  const gaps = context.compose === null ? [] : gapsOf(context.compose)
  return gaps.filter(({ kind, span }) => kinds.includes(kind) && isOwn(context, span))
}

/** `features/redis/.env.example:3` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`
}

/** Where to declare what a service of a file uses: `extends` takes the service out of a file, and nothing else. */
export function toDeclareIn({ compose }: LintContext, file: string): string {
  return compose?.extendedOnly.includes(file) ? (compose.files[0] ?? file) : 'the file'
}

/** What a merge puts something of the product's own in place of. */
const OF_THE_PRODUCT = '__PRODUCT__'

/**
 * Whether a text comes to the same in every product: it has no variable, or only such as the template states, the same for
 * all. A variable that nobody states is the product's own, unless it has a default. So is one that a feature may not state, such as
 * COMPOSE_PROJECT_NAME: a merge refuses the feature that does.
 * @param raw as written
 * @param text with the template's values in it
 */
export function isFixed({ template, others }: LintContext, raw: string, text: string): boolean {
  if (text.includes(OF_THE_PRODUCT)) return false
  return references(raw).every(({ name, operator }) => {
    if (reservedReason(name) !== null) return false
    if (template.stated.has(name) || others.stating(name).length > 0) return true
    return operator.endsWith('-')
  })
}
