/** The variables that Compose sees, and the origin of each. */
import { encode } from '../env/bytes.js'
import { type EnvDocument, parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import type { Problem } from '../problem.js'
import { PROJECT, projectNameProblem } from './project-name.js'
import { findSections, type Section } from './sections.js'
import type { ProductSource } from './source.js'

/** One variable, as byte strings. */
export interface ViewEntry {
  readonly key: string
  /** With the shell's variables, which win. */
  readonly value: string
  /** The product env, or the overlay of an instance. */
  readonly file: string
  readonly line: number
  /** The template that sets it; null if the value is the product's own. */
  readonly origin: { readonly feature: string; readonly file: string; readonly line: number } | null
  /** In an unedited section. */
  readonly generated: boolean
  /** The shell has another value than the file. */
  readonly shellWins: boolean
  /** The value that npm dotenv reads, null for none; undefined if it agrees with Compose. */
  readonly dotenv: string | null | undefined
  /** The value in a service with the product env as its `env_file`; undefined if it agrees, or for none. */
  readonly container: string | undefined
}

/**
 * Views a product's env files.
 * @param files the product env, then the overlay of an instance, which wins
 * @param environment the shell's variables, as byte strings
 * @param readAsDotenv reads a document like npm dotenv
 * @param projectName returns Compose's name of the project
 */
export function viewEnv(
  source: ProductSource,
  files: readonly { readonly file: string; readonly text: string }[],
  environment: ReadonlyMap<string, string>,
  readAsDotenv: (doc: EnvDocument) => ReadonlyMap<string, string>,
  projectName: (values: ReadonlyMap<string, string>) => string,
): { entries: ViewEntry[]; problems: Problem[] } {
  const entries = new Map<string, Omit<ViewEntry, 'container'>>()
  const problems: Problem[] = []
  let earlier: ReadonlyMap<string, string> = new Map()
  let alone: ReadonlyMap<string, string> = new Map()
  for (const { file, text } of files) {
    const doc = parseEnv(text)
    const { values, refusals } = readEnv(doc, environment, earlier)
    for (const refusal of refusals) problems.push(refusalProblem(file, refusal, true))
    earlier = values
    alone = readEnv(doc, new Map(), alone).values
    const dotenv = readAsDotenv(doc)
    const sections = findSections(doc).sections.filter(({ untouched }) => untouched)
    const last = new Map(doc.statements.map((statement) => [statement.key, statement]))
    for (const { key, line, start } of last.values()) {
      const fromShell = environment.get(key)
      const value = fromShell ?? values.get(key)
      if (value === undefined) continue
      const section = sections.find((s) => s.start <= start && start < s.end)
      const origin = section === undefined ? null : originOf(source, section, key)
      const inFile = alone.get(key)
      const shellWins = fromShell !== undefined && fromShell !== inFile
      const byDotenv =
        inFile === undefined || dotenv.get(key) === inFile ? undefined : (dotenv.get(key) ?? null)
      const generated = section !== undefined
      entries.set(key, { key, value, file, line, origin, generated, shellWins, dotenv: byDotenv })
    }
  }
  const name = entries.get(PROJECT)
  if (name?.shellWins === false) problems.push(...projectNameProblem(name.value, name))
  if (problems.length > 0) return { entries: [], problems }
  const project = new Map([...earlier, ...environment])
  const text = files[0]?.text ?? ''
  if (text.includes(PROJECT)) project.set(PROJECT, encode(projectName(project)))
  const container = readEnv(parseEnv(text), project).values
  const differing = ({ key, value }: { key: string; value: string }): string | undefined =>
    container.get(key) === value ? undefined : container.get(key)
  return {
    entries: [...entries.values()].map((entry) => ({ ...entry, container: differing(entry) })),
    problems,
  }
}

/** Null if the section names a template that the product no longer uses. */
function originOf({ features }: ProductSource, { feature, file }: Section, key: string): ViewEntry['origin'] {
  const template = features.find(({ name }) => name === feature)?.template
  const statement = template?.doc.statements.findLast((s) => s.key === key)
  return template?.file !== file || statement === undefined
    ? null
    : { feature, file: template.file, line: statement.line }
}
