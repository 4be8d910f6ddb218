import type { Node } from 'yaml'
import { decode } from '../env/bytes.js'
import { type Problem, problem } from '../problem.js'
import { checkSchema, type Schema } from './schema.js'

/** A settings file that has been read. */
export interface Settings<T> {
  readonly settings: T
  readonly problems: readonly Problem[]
  /** The line, from 1, on which a value stands, by the keys that lead to it. */
  readonly lineOf: (...path: (string | number)[]) => number
}

/**
 * Reads a settings file. The `yaml` package is loaded only here, when there is a file: it costs more to load than
 * a whole merge.
 * @param text the file as a byte string
 * @param file how problems name it
 * @param schema what the file may hold
 * @returns the settings as the schema describes them, or the problems, each with its line and column
 */
export async function readSettings<T extends object>(
  text: string,
  file: string,
  schema: Schema,
): Promise<Settings<T>> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const doc = yaml.parseDocument(decode(text), { lineCounter: lines })
  // One slip makes the parser stumble on: only its first error says what is wrong.
  const syntax = doc.errors.slice(0, 1).map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
    message:
      error.code === 'MULTIPLE_DOCS'
        ? 'a second document starts here, but the file may hold only one'
        : (error.message.split(/ at line \d/)[0] as string),
  }))
  const empty = doc.contents === null || (yaml.isScalar(doc.contents) && doc.contents.value === null)
  const misfits = syntax.length > 0 || empty ? syntax : checkSchema(yaml, doc, lines, schema)
  const known = Object.keys(schema.properties ?? {}).join(', ')
  const problems = misfits.map(({ line, column, message }) =>
    problem('bad-settings', { file, line, column }, message, `Correct it; the keys are: ${known}.`),
  )
  // What fits the schema is flat, so that aliases cannot make it grow: they need no bound.
  const settings = problems.length > 0 || empty ? ({} as T) : (doc.toJS({ maxAliasCount: -1 }) as T)
  const lineOf = (...path: (string | number)[]): number => {
    const node = doc.getIn(path, true) as Node | undefined
    return lines.linePos(node?.range?.[0] ?? 0).line
  }
  return { settings, problems, lineOf }
}
