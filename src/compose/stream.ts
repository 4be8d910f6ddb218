import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml'
import { Tabs } from './tabs.js'

/** Text → the documents of the `yaml` package, within limits that no text can get around. */

/** Compose has no limit of its own; the `yaml` package takes about a second and 100 MB for each million characters. */
const MAX_LENGTH = 4 * 1024 * 1024
/** A file of nothing but brackets or commas costs the package about 1 kB for each. */
const MAX_TOKENS = 2_000_000
/** go-yaml stops at 10,000; a Compose file has about eight levels. Every walk over a tree may recurse this deep. */
export const MAX_DEPTH = 500

export const TOO_DEEP = 'Nested too deeply.'

// Failsafe leaves every scalar a string, for `scalar.ts` to resolve; the package's own check for equal keys is quadratic.
const OPTIONS = {
  schema: 'failsafe',
  uniqueKeys: false,
  prettyErrors: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const

const UNREADABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd-\uffff]/

/** Why a file is not read, and the offset where. */
export class Refusal extends Error {
  /** @param next what to do, if it is not to ask Compose: it may read the file all the same */
  constructor(
    message: string,
    readonly at: number,
    readonly next?: string,
  ) {
    super(message)
  }
}

/** What decoding makes of the byte order mark of UTF-16, and of a character of ASCII behind it. */
const UTF_16 = /^\ufffd\ufffd(?:\0|.\0)/s

/**
 * The documents of a text: what `parseAllDocuments` gives, taken step by step, to stop before a file of a million
 * brackets takes all memory.
 * @throws Refusal at the first thing that Compose would not read, or that passes a limit
 */
export function* documentsOf(text: string): Generator<Document.Parsed> {
  if (text.length > MAX_LENGTH) {
    const message = `The file is larger than ${MAX_LENGTH / 1024 / 1024} MiB: Docker Compose may read it, product-env does not.`
    throw new Refusal(message, MAX_LENGTH, 'Make it smaller, or split it and include the parts.')
  }
  if (UTF_16.test(text)) {
    const message = 'The file is UTF-16: Docker Compose reads it, product-env does not.'
    throw new Refusal(message, 0, 'Save it as UTF-8.')
  }
  const bad = UNREADABLE.exec(text)
  if (bad !== null) {
    throw new Refusal(
      bad[0] === '\ufffd' ? 'Not valid UTF-8.' : 'YAML allows no control characters.',
      bad.index,
    )
  }
  const parser = new Parser()
  const composer = new Composer<ParsedNode>(OPTIONS)
  // The package collects errors, each with a stack trace: 20 seconds for a million commas. The first one is enough;
  // without this member of the class, which is not part of its API, `document.errors` still has it.
  let first: Refusal | undefined
  composer['onError'] = (source: ErrorSource, code: string, message: string, warning?: boolean) => {
    // An unknown directive is an error to go-yaml; an unknown tag is none.
    if (warning && code !== 'BAD_DIRECTIVE') return
    // The package takes an exception for a stack overflow, and reports that too.
    first ??= new Refusal(firstLine(message), offsetOf(source))
    throw first
  }
  const tabs = new Tabs()
  let tokens = 0
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1
    if (tokens > MAX_TOKENS) throw new Refusal('Too many YAML tokens.', parser.offset)
    if (tabs.refuses(lexeme)) throw new Refusal('YAML allows no tab as indentation.', parser.offset)
    for (const token of parser.next(lexeme)) yield* checked(composer.next(token))
    if (parser.stack.length > 3 * MAX_DEPTH) throw new Refusal(TOO_DEEP, parser.offset)
  }
  for (const token of parser.end()) yield* checked(composer.next(token))
  yield* checked(composer.end())
}

function* checked(documents: Iterable<Document.Parsed>): Generator<Document.Parsed> {
  for (const document of documents) {
    const [error] = document.errors
    if (error !== undefined) throw new Refusal(firstLine(error.message), error.pos[0])
    // go-yaml knows no directives but `%TAG` and this one.
    const { explicit, version } = document.directives.yaml
    if (explicit && version !== '1.1') throw new Refusal('Compose reads only YAML 1.1.', document.range[0])
    yield document
  }
}

type ErrorSource = number | readonly [number, ...unknown[]] | { readonly offset: number }

function offsetOf(source: ErrorSource): number {
  return typeof source === 'number' ? source : 'offset' in source ? source.offset : source[0]
}

function firstLine(message: string): string {
  const [line] = message.split('\n', 1) as [string]
  // The package itself turns a stack overflow into an error of the document.
  return line.startsWith('Maximum call stack') ? TOO_DEEP : line.replace(/[^.]$/, '$&.')
}
