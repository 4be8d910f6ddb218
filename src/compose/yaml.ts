import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml'
import { lineAt, plainWords } from './yaml-words.js'

/** Text → the documents of the `yaml` package, within limits that no text can get around. */

/** A file of nothing but brackets or commas costs the package about 1 kB for each. */
const MAX_TOKENS = 2_000_000
/** go-yaml stops at 10,000; a Compose file has about eight levels. Every walk over a tree may recurse this deep. */
export const MAX_DEPTH = 500

export const TOO_DEEP = `The file is nested more than ${MAX_DEPTH} levels deep`

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

/** A text that is not YAML. */
export class SyntaxFault extends Refusal {
  /** @param fault what is wrong, as the middle of a sentence */
  constructor(
    readonly fault: string,
    at: number,
  ) {
    super(`Not valid YAML: ${fault}`, at)
  }
}

/** Throws a `Refusal` at some tabs that YAML allows. */
interface TabRules {
  see(lexeme: string): void
  end(): void
}

type Options = NonNullable<ConstructorParameters<typeof Composer>[0]>

/**
 * What `parseAllDocuments` gives, taken step by step, to stop before a file of a million brackets takes all memory.
 * @throws Refusal at the first thing that is not YAML, or that passes a limit
 */
export function* yamlDocuments(text: string, options: Options, tabs?: TabRules): Generator<Document.Parsed> {
  const fault = (message: string, at: number): Refusal =>
    // The package takes an exception for a stack overflow, and reports that too.
    message.startsWith('Maximum call stack')
      ? new Refusal(TOO_DEEP, at)
      : new SyntaxFault(plainWords(message, text, at), at)
  const parser = new Parser()
  const composer = new Composer<ParsedNode>(options)
  // The package collects errors, each with a stack trace: 20 seconds for a million commas. The first one is enough;
  // without this member of the class, which is not part of its API, `document.errors` still has it.
  let first: Refusal | undefined
  composer['onError'] = (source: ErrorSource, code: string, message: string, warning?: boolean) => {
    // An unknown directive is an error to go-yaml; an unknown tag is none.
    if (warning && code !== 'BAD_DIRECTIVE') return
    first ??= fault(message, offsetOf(source))
    throw first
  }
  function* checked(documents: Iterable<Document.Parsed>): Generator<Document.Parsed> {
    for (const document of documents) {
      const [error] = document.errors
      if (error !== undefined) throw fault(error.message, error.pos[0])
      yield document
    }
  }
  const pairs = new Pairs(text)
  let tokens = 0
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1
    if (tokens > MAX_TOKENS) throw new Refusal('The file has too many YAML tokens', parser.offset)
    tabs?.see(lexeme)
    pairs.see(lexeme, parser.offset)
    for (const token of parser.next(lexeme)) yield* checked(composer.next(token))
    if (parser.stack.length > 3 * MAX_DEPTH) throw new Refusal(TOO_DEEP, parser.offset)
  }
  tabs?.end()
  pairs.end(text.length)
  for (const token of parser.end()) yield* checked(composer.next(token))
  yield* checked(composer.end())
}

type ErrorSource = number | readonly [number, ...unknown[]] | { readonly offset: number }

function offsetOf(source: ErrorSource): number {
  return typeof source === 'number' ? source : 'offset' in source ? source.offset : source[0]
}

/** Finds the bracket or quote that is never closed: the package only reports where it gave up looking. */
class Pairs {
  private readonly open: number[] = []
  private previous = ''

  constructor(private readonly text: string) {}

  /** @param lexeme one of the package's lexer */
  see(lexeme: string, at: number): void {
    // Behind this mark stands the text of a scalar without quotes.
    const isText = this.previous === '\x1f'
    this.previous = lexeme
    if (isText) return
    if (lexeme === '[' || lexeme === '{') this.open.push(at)
    else if (lexeme === ']' || lexeme === '}') this.close(lexeme, at)
    else if (lexeme === '\x18') this.end(at)
    else if (/^["']/.test(lexeme) && (lexeme.length === 1 || lexeme.at(-1) !== lexeme[0]))
      this.refuse(at, at + lexeme.length)
  }

  private close(bracket: string, at: number): void {
    const start = this.open.pop()
    if (start === undefined || this.text[start] === (bracket === ']' ? '[' : '{')) return
    const line = lineAt(this.text, at)
    throw new SyntaxFault(`the "${bracket}" on line ${line} does not close ${this.name(start)}`, at)
  }

  /** @param at where the lexer gave up: at a line that is not indented, or at the end */
  end(at: number): void {
    const start = this.open.at(-1)
    if (start !== undefined) this.refuse(start, at)
  }

  private refuse(start: number, end: number): never {
    const opening = this.name(start)
    const line = this.text.slice(end).trimStart().split('\n', 1)[0] as string
    if (line === '' || /^(-|\w+:)(\s|$)/.test(line))
      throw new SyntaxFault(`${opening} is never closed`, start)
    const at = this.text.length - this.text.slice(end).trimStart().length
    throw new SyntaxFault(`line ${lineAt(this.text, at)} must be indented, as it continues ${opening}`, at)
  }

  private name(start: number): string {
    return `the ${this.text[start] === '"' ? `'"'` : `"${this.text[start]}"`} on line ${lineAt(this.text, start)}`
  }
}
