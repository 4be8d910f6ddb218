import type { Node } from 'yaml'
import { decode } from '../env/bytes.js'
import { type Problem, problem } from '../problem.js'
import { checkSchema, type Schema } from './schema.js'

export interface Settings<T> {
  readonly settings: T
  readonly problems: readonly Problem[]
  /** Returns the line of a value, from 1, by its path of keys. */
  readonly lineOf: (...path: (string | number)[]) => number
}

const TOO_LARGE = 'it is nested too deeply, or has too many items'

/** Parses a settings file, a byte string. The `yaml` package, which takes longer to load than a merge, is loaded only here. */
export async function readSettings<T extends object>(
  text: string,
  file: string,
  schema: Schema,
): Promise<Settings<T>> {
  const yaml = await import('yaml')
  const { Refusal, SyntaxFault, yamlDocuments } = await import('../compose/yaml.js')
  const source = decode(text)
  const lines = new yaml.LineCounter()
  lines.addNewLine(0)
  for (const { index } of source.matchAll(/\n/g)) lines.addNewLine(index + 1)
  const bad = (at: number, message: string, next: string): Problem => {
    const { line, col: column } = lines.linePos(at)
    return problem('bad-settings', { file, line, column }, message, next)
  }
  try {
    const options = { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const
    const [doc, second] = yamlDocuments(source, options)
    if (second !== undefined)
      throw new SyntaxFault('a second document starts here, but the file may have only one', second.range[0])
    const isEmpty =
      doc === undefined ||
      doc.contents === null ||
      (yaml.isScalar(doc.contents) && doc.contents.value === null)
    const misfits = isEmpty ? [] : checkSchema(yaml, doc, schema)
    // A document that fits the schema is flat, so aliases cannot make it grow.
    const settings = isEmpty || misfits.length > 0 ? {} : doc.toJS({ maxAliasCount: -1 })
    const lineOf = (...path: (string | number)[]): number => {
      const node = doc?.getIn(path, true) as Node | undefined
      return lines.linePos(node?.range?.[0] ?? 0).line
    }
    return { settings, problems: misfits.map(({ at, message, next }) => bad(at, message, next)), lineOf }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [what, why] =
      error instanceof SyntaxFault ? ['not valid YAML', error.fault] : ['too large', TOO_LARGE]
    const problem = bad(error.at, `The file is ${what}`, `Fix the YAML: ${why}.`)
    return { settings: {} as T, problems: [problem], lineOf: () => 1 }
  }
}
