/**
 * Texts that are made to be slow to read: each is what some reader of env files, or a regular expression that would be
 * handy here, takes time for that grows with the square of its size, or more stack than there is.
 */

const fill = (part: string, bytes: number): string => part.repeat(Math.floor(bytes / part.length))

/** Name → the text of about that many bytes. Byte strings. */
export const HOSTILE: Readonly<Record<string, (bytes: number) => string>> = {
  'blank lines before a comment': (bytes) => `A=1\n${fill('\n', bytes)}# c\nB=1\n`,
  'blank lines, then nothing': (bytes) => `A=1\n${fill(' \r\n', bytes)}`,
  'comments before a port': (bytes) => `${fill('# c\n', bytes)}A_HOST_PORT=80\n`,
  'a comment of blanks before a port': (bytes) => `#${fill(' ', bytes)}\n\nA_HOST_PORT=80\n`,
  'a comment that ends in blanks': (bytes) => `A=1 #${fill(' ', bytes)}.\n`,
  'blanks around a value': (bytes) => `A=${fill(' ', bytes / 2)}1${fill('\t', bytes / 2)}\n`,
  'no-break spaces behind a value': (bytes) => `A=1${fill('\xc2\xa0', bytes)}.\n`,
  'one long value': (bytes) => `A=${fill('x', bytes)}\n`,
  'one long quoted value': (bytes) => `A="${fill('x ', bytes)}"\n`,
  'one long name': (bytes) => `${fill('A', bytes)}=1\n`,
  'one long name without an end': (bytes) => fill('A', bytes),
  'one long name beyond ASCII': (bytes) => `${fill('\xc3\x89', bytes)}=1\n`,
  'quotes that are never closed': (bytes) => fill('A="x\nB=\'y\n', bytes),
  'a quote that is never closed': (bytes) => `A="${fill('x\n', bytes)}`,
  'backslashes before a quote': (bytes) => `A="${fill('\\', bytes)}"\n"\n`,
  'escaped quotes': (bytes) => `A="${fill('\\"', bytes)}"\n`,
  'backticks, which are quotes to others': (bytes) => fill('A=`x\n', bytes),
  escapes: (bytes) => `A="${fill('\\n', bytes)}"\n`,
  dollars: (bytes) => `A=${fill('$', bytes)}\n`,
  references: (bytes) => `A=${fill('$A', bytes)}\n`,
  'references in lines': (bytes) => `A=1\n${fill('B=${A:-x}\n', bytes)}`,
  'a reference with a long name': (bytes) => `A=\${${fill('A', bytes)}\n`,
  'references that are never closed': (bytes) => fill('A=${B:-\n', bytes),
  'defaults that are never closed': (bytes) => `A=${fill('${A:-', bytes)}\n`,
  'defaults of which only one is closed': (bytes) => `A=${fill('${A:-', bytes)}}\n`,
  'defaults within defaults': (bytes) => `A=${fill('${A:-', bytes * 0.8)}${fill('}', bytes * 0.2)}\n`,
  'braces within a default': (bytes) => `A=\${A:-${fill('{x', bytes)}}\n`,
  'defaults beside each other, with a brace too many': (bytes) => `A=${fill('${A:-{}', bytes)}\n`,
  'names alone': (bytes) => fill('A\n', bytes),
  'two on a line': (bytes) => fill('A="1" ', bytes),
  'marks that open a section': (bytes) => fill('# >>> f (g)\n', bytes),
  'marks that close a section': (bytes) => fill('# <<< f 7b1f03aa\n', bytes),
  'a long mark': (bytes) => `# >>> ${fill('f', bytes / 2)} (${fill('(', bytes / 2)}\n`,
  'bytes that are no UTF-8': (bytes) => `A=${fill('\xe9\xff', bytes)}\n`,
}
