/**
 * Tabs that go-yaml refuses and the `yaml` package passes over: as the indentation of a comment or of an empty line
 * that follows text, and behind a `-`. Elsewhere both agree, or go-yaml's answer depends on what it has just read.
 */
export class Tabs {
  private flow = 0
  private atStart = false
  private isBelowText = false
  /** The last lexemes of this line that are not white space. */
  private last = ''
  /** Whether white space with a tab stands right before, where it may not. */
  private pending: 'start' | 'item' | null = null

  /** @returns whether Compose refuses the tab before this lexeme, which is one of the `yaml` package's lexer */
  refuses(lexeme: string): boolean {
    const { pending } = this
    this.pending = null
    if (lexeme === '\n' || lexeme === '\r\n') {
      const isRefused = pending === 'start'
      if (this.last !== '') this.isBelowText = !this.last.startsWith('#')
      this.last = ''
      this.atStart = true
      return isRefused
    }
    if (/^[ \t]+$/.test(lexeme)) {
      if (this.flow === 0 && lexeme.includes('\t')) {
        if (this.atStart && this.isBelowText) this.pending = 'start'
        else if (this.last === '-') this.pending = 'item'
      }
      return false
    }
    if (lexeme === '[' || lexeme === '{') this.flow += 1
    else if (lexeme === ']' || lexeme === '}') this.flow -= 1
    this.last = lexeme
    this.atStart = false
    const isComment = lexeme.startsWith('#')
    return pending === 'start' ? isComment : pending === 'item' && !isComment
  }
}
