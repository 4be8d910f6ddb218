/** Text → the documents of the `yaml` package, within limits that no text can get around. */
import { Composer, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml'
import { lineAt, plainWords } from './yaml-words.js'

/** In characters. The package takes about a second and 100 MB for each million; Compose has no limit. */
const MAX_LENGTH = 4 * 1024 * 1024
/** The package takes about 1 kB for each bracket or comma. */
const MAX_TOKENS = 2_000_000
/** go-yaml stops at 10,000. Every walk over a tree may recurse this deep. */
export const MAX_DEPTH = 500

export const TOO_DEEP = `The file is nested more than ${MAX_DEPTH} levels deep`

/** Why a file is not read, and the offset where. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly next = 'Fix the file, and check it with `docker compose config`.',
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

// Failsafe leaves every scalar a string, for scalar.ts to resolve; the package's own check for equal keys is quadratic.
const OPTIONS = {
  schema: 'failsafe',
  uniqueKeys: false,
  prettyErrors: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const

const UNREADABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd-\uffff]/

/** The byte order mark of UTF-16 and an ASCII character, decoded as UTF-8. */
const UTF_16 = /^\ufffd\ufffd(?:\0|.\0)/s

/**
 * The documents of a Compose file, as go-yaml reads it.
 * @throws Refusal at the first thing that Compose does not read, or that passes a limit
 */
export function* composeDocuments(text: string): Generator<Document.Parsed> {
  if (text.length > MAX_LENGTH) {
    const message = `The file is larger than ${MAX_LENGTH / 1024 / 1024} MiB, which product-env does not read`
    throw new Refusal(message, MAX_LENGTH, 'Make it smaller, or split it and include the parts.')
  }
  if (UTF_16.test(text)) {
    const message = 'The file is UTF-16, which product-env does not read'
    throw new Refusal(message, 0, 'Save the file as UTF-8.')
  }
  const bad = UNREADABLE.exec(text)
  if (bad !== null) {
    const control = 'The file contains a control character, which YAML does not allow'
    throw new Refusal(bad[0] === '\ufffd' ? 'The file is not valid UTF-8' : control, bad.index)
  }
  for (const document of yamlDocuments(text, OPTIONS, true)) {
    // go-yaml refuses an unknown directive, and every version but this one.
    const directive = document.warnings.find(({ code }) => code === 'BAD_DIRECTIVE')
    if (directive !== undefined) throw syntaxFault(directive, text)
    const { explicit, version } = document.directives.yaml
    if (explicit && version !== '1.1') throw new Refusal('Compose reads only YAML 1.1', document.range[0])
    yield document
  }
}

/**
 * What `parseAllDocuments` gives, in steps, to stop before a file of a million brackets takes all memory.
 * @param refuseTabs where go-yaml refuses them and the package does not
 * @throws Refusal at the first thing that is not YAML, or that passes a limit
 */
export function* yamlDocuments(
  text: string,
  options: NonNullable<ConstructorParameters<typeof Composer>[0]>,
  refuseTabs = false,
): Generator<Document.Parsed> {
  const parser = new Parser()
  const composer = new Composer<ParsedNode>(options)
  function* checked(documents: Iterable<Document.Parsed>): Generator<Document.Parsed> {
    for (const document of documents) {
      const [error] = document.errors
      if (error !== undefined) throw syntaxFault(error, text)
      yield document
    }
  }
  const brackets = new Brackets(text)
  const tabs = refuseTabs && text.includes('\t') ? new Tabs(text) : null
  let tokens = 0
  let isText = false
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1
    if (tokens > MAX_TOKENS) throw new Refusal('The file has too many YAML tokens', parser.offset)
    if (!isText) brackets.see(lexeme, parser.offset)
    tabs?.see(lexeme, parser.offset, isText)
    isText = lexeme === TEXT_FOLLOWS
    for (const token of parser.next(lexeme)) yield* checked(composer.next(token))
    if (parser.stack.length > 3 * MAX_DEPTH) throw new Refusal(TOO_DEEP, parser.offset)
  }
  brackets.end(text.length)
  for (const token of parser.end()) yield* checked(composer.next(token))
  yield* checked(composer.end())
}

function syntaxFault({ message, pos: [at] }: YAMLError, text: string): SyntaxFault {
  return new SyntaxFault(plainWords(message, text, at), at)
}

/** The package's lexer marks the text of a scalar without quotes, and the end of a broken flow collection. */
const TEXT_FOLLOWS = '\x1f'
const FLOW_BROKEN = '\x18'

/**
 * Refuses tabs where a key could start (go-yaml's `scannerc.go`). It may allow those behind plain text or a comment,
 * so there only a tab that starts a line below text is refused.
 */
class Tabs {
  private flow = 0
  /** Whether only white space stands before, on the line. */
  private isIndent = true
  /** The last lexeme that is not white space; `text` for that of a scalar. */
  private last = ''

  constructor(private readonly text: string) {}

  see(lexeme: string, at: number, isText: boolean): void {
    if (isText) this.token('text')
    else if (/^[ \t]+$/.test(lexeme)) {
      const tab = lexeme.indexOf('\t')
      if (tab !== -1 && this.flow === 0 && this.isRefused(at + tab))
        throw new SyntaxFault(plainWords('Tabs are not allowed', this.text, at + tab), at + tab)
    } else if (/^[\r\n]/.test(lexeme)) this.isIndent = true
    else if (!/^[\x02\x1f]$/.test(lexeme)) this.token(lexeme)
  }

  private token(lexeme: string): void {
    this.isIndent = false
    this.last = lexeme
    if (/^[[{]$/.test(lexeme)) this.flow += 1
    else if (/^[\]}]$/.test(lexeme)) this.flow -= 1
  }

  private isRefused(at: number): boolean {
    if (/^[-?]$/.test(this.last)) return true
    if (!this.isIndent || this.last.startsWith('#')) return false
    return this.last !== 'text' || this.text[at - 1] === '\n'
  }
}

/** Finds the bracket or quote that is never closed: the package only reports where it gave up looking. */
class Brackets {
  private readonly open: number[] = []

  constructor(private readonly text: string) {}

  see(lexeme: string, at: number): void {
    if (lexeme === '[' || lexeme === '{') this.open.push(at)
    else if (lexeme === ']' || lexeme === '}') this.close(lexeme, at)
    else if (lexeme === FLOW_BROKEN) this.end(at)
    else if ((lexeme[0] === '"' || lexeme[0] === "'") && (lexeme.length === 1 || !lexeme.endsWith(lexeme[0])))
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
    const rest = this.text.slice(end).trimStart()
    if (rest === '' || /^(-|\w+:)(\s|$)/.test(rest.split('\n', 1)[0] as string))
      throw new SyntaxFault(`${this.name(start)} is never closed`, start)
    const at = this.text.length - rest.length
    const line = lineAt(this.text, at)
    throw new SyntaxFault(`line ${line} must be indented, as it continues ${this.name(start)}`, at)
  }

  private name(start: number): string {
    return `the ${this.text[start] === '"' ? `'"'` : `"${this.text[start]}"`} on line ${lineAt(this.text, start)}`
  }
}
