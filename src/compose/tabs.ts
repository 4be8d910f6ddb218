import { SyntaxFault } from './yaml.js'
import { plainWords } from './yaml-words.js'

/**
 * Refuses tabs where go-yaml does (`scannerc.go`, `yaml_parser_scan_to_next_token` and `…_plain_scalar`), which the
 * `yaml` package does not: before what could be a key, even if none follows.
 */
export class Tabs {
  private offset = 0
  private column = 0
  private flow = 0
  /** The columns of the open block collections. */
  private indents = [-1]
  /** The column of the first token on the line that could be a key; -1 for none. */
  private key = -1
  /** What the white space here comes after. */
  private after: 'line' | 'comment' | 'token' | 'plain' | 'plain line' = 'line'
  private isScalar = false
  /** `|`, `>-` or `|2`, if the scalar to come is a block. */
  private header = ''
  /** The offset of a tab that only another comment makes harmless. */
  private doubtful: number | null = null

  constructor(private readonly text: string) {}

  /** @param lexeme the next one of the `yaml` package's lexer */
  see(lexeme: string): void {
    const isMark = !this.isScalar && /^[\x02\x18\x1f]$/.test(lexeme)
    if (!isMark) {
      if (this.isScalar) this.scalar(lexeme)
      else this.other(lexeme)
      this.offset += lexeme.length
      const newline = lexeme.lastIndexOf('\n')
      this.column = newline === -1 ? this.column + lexeme.length : lexeme.length - newline - 1
    }
    this.isScalar = isMark && lexeme === '\x1f'
  }

  end(): void {
    if (this.doubtful !== null) this.refuse(this.doubtful)
  }

  private other(lexeme: string): void {
    if (/^\r?\n$/.test(lexeme)) this.newline()
    else if (/^[ \t]+$/.test(lexeme)) this.space(lexeme.indexOf('\t'))
    else if (lexeme.startsWith('#')) this.comment()
    else this.token(lexeme)
  }

  private newline(): void {
    if (this.after === 'plain') this.after = 'plain line'
    if (this.flow > 0) return
    if (this.after === 'token') this.after = 'line'
    this.key = -1
  }

  /** @param tab the index of the first tab; -1 for none */
  private space(tab: number): void {
    if (tab === -1) return
    const at = this.offset + tab
    if (this.after === 'comment') this.doubtful ??= at
    if (this.after === 'line' || (this.after === 'plain line' && this.column + tab <= this.indent()))
      this.refuse(at)
  }

  private comment(): void {
    this.doubtful = null
    this.after = this.flow === 0 && this.key === -1 ? 'comment' : 'token'
  }

  private indent(): number {
    return this.indents.at(-1) as number
  }

  private token(lexeme: string): void {
    this.end()
    this.after = 'token'
    if (this.flow === 0) this.inBlock(lexeme)
    if (lexeme === '[' || lexeme === '{') this.flow += 1
    else if (lexeme === ']' || lexeme === '}') this.flow -= 1
    else if (/^[|>]/.test(lexeme)) this.header = lexeme
  }

  private inBlock(lexeme: string): void {
    const { column } = this
    if (/^(?:---|\.\.\.)$/.test(lexeme)) this.indents = [-1]
    while (this.indent() > column) this.indents.pop()
    const startsLine = /^[-?]$/.test(lexeme) || (lexeme === ':' && this.key === -1)
    const opened = startsLine ? column : lexeme === ':' ? this.key : -1
    if (opened > this.indent()) this.indents.push(opened)
    if (startsLine) {
      this.key = -1
      this.after = 'line'
    } else if (this.key === -1) this.key = column
  }

  private scalar(text: string): void {
    if (this.header !== '') this.block(text)
    else {
      this.token('')
      this.after = 'plain'
      for (const { index, 0: start } of text.matchAll(/\n *\t/g))
        if (start.length - 2 <= this.indent()) this.refuse(this.offset + index + start.length - 1)
    }
  }

  /** The first line with text sets how far a block is indented, unless its header does. */
  private block(text: string): void {
    const tab = /\d/.test(this.header) ? null : /^[ \r\n]*\t/.exec(text)
    if (tab !== null) this.refuse(this.offset + tab[0].length - 1)
    this.header = ''
    this.after = 'line'
  }

  private refuse(at: number): never {
    throw new SyntaxFault(plainWords('Tabs are not allowed', this.text, at), at)
  }
}
