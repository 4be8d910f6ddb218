/** What Compose will see of a product env, and where each value comes from. */
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
  /** What Compose sees, the shell's word included. */
  readonly value: string
  /** Where it stands: the product env, or the overlay of an instance. */
  readonly file: string
  readonly line: number
  /** The template that states it; null where the value is the product's own. */
  readonly origin: { readonly feature: string; readonly file: string; readonly line: number } | null
  /** It stands in a section that the tool wrote and nobody touched. */
  readonly generated: boolean
  /** The shell has another value than the file, and Compose lets the shell win. */
  readonly shellWins: boolean
  /** What npm dotenv reads from the file where that differs from Compose (null: no such variable); undefined: the same. */
  readonly dotenv: string | null | undefined
  /** What a service with the product env as its `env_file` gets where that differs; undefined: the same, or nothing. */
  readonly container: string | undefined
}

/**
 * Views what Compose reads from a product's env files.
 * @param files the product env, and the overlay of an instance behind it: a later file wins
 * @param environment the shell's variables, as byte strings
 * @param readAsDotenv npm dotenv's reading of a document, as byte strings
 * @param projectName what Compose calls the project, given its environment
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

/** Null where the template is no longer the product's, or another than the section names (`--prod`). */
function originOf({ features }: ProductSource, { feature, file }: Section, key: string): ViewEntry['origin'] {
  const template = features.find(({ name }) => name === feature)?.template
  const statement = template?.doc.statements.findLast((s) => s.key === key)
  return template?.file !== file || statement === undefined
    ? null
    : { feature, file: template.file, line: statement.line }
}
