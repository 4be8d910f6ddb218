/** White space of byte strings: compose-go 2.9.1, `dotenv/parser.go` (`isSpace`), and Go's `unicode.IsSpace`. */

/** UTF-8 of U+0085 and U+00A0: space inside a line, too. */
const INLINE_MULTIBYTE = ['\xc2\x85', '\xc2\xa0']

const OTHER_MULTIBYTE = [
  '\xe1\x9a\x80', // U+1680
  ...Array.from({ length: 11 }, (_, i) => `\xe2\x80${String.fromCharCode(0x80 + i)}`), // U+2000–U+200A
  '\xe2\x80\xa8', // U+2028
  '\xe2\x80\xa9', // U+2029
  '\xe2\x80\xaf', // U+202F
  '\xe2\x81\x9f', // U+205F
  '\xe3\x80\x80', // U+3000
]

const ANY_MULTIBYTE = [...INLINE_MULTIBYTE, ...OTHER_MULTIBYTE]

/** Tab, newline, vertical tab, form feed, carriage return, space. */
function isAsciiSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

/** Returns the length in bytes of a white space character, line breaks included; 0 for any other. */
function anySpaceAt(bytes: string, at: number): number {
  const code = bytes.charCodeAt(at)
  if (isAsciiSpace(code)) return 1
  if (!(code >= 0xc2 && code <= 0xe3)) return 0
  return ANY_MULTIBYTE.find((space) => bytes.startsWith(space, at))?.length ?? 0
}

/** Returns the length in bytes of a white space character other than a newline; 0 for any other. */
export function inlineSpaceAt(bytes: string, at: number): number {
  const code = bytes.charCodeAt(at)
  if (isAsciiSpace(code)) return code === 0x0a ? 0 : 1
  if (code !== 0xc2) return 0
  return INLINE_MULTIBYTE.some((space) => bytes.startsWith(space, at)) ? 2 : 0
}

export function skipSpace(bytes: string, at: number): number {
  for (let size = anySpaceAt(bytes, at); size > 0; size = anySpaceAt(bytes, at)) at += size
  return at
}

export function skipInlineSpace(bytes: string, at: number): number {
  for (let size = inlineSpaceAt(bytes, at); size > 0; size = inlineSpaceAt(bytes, at)) at += size
  return at
}

/** Returns the end of `bytes[start, end)` without the white space at its right edge. */
export function trimEnd(bytes: string, start: number, end: number): number {
  for (;;) {
    if (end <= start) return start
    const code = bytes.charCodeAt(end - 1)
    if (isAsciiSpace(code)) {
      end -= 1
      continue
    }
    if (code < 0x80) return end
    const space = ANY_MULTIBYTE.find((s) => end - s.length >= start && bytes.startsWith(s, end - s.length))
    if (space === undefined) return end
    end -= space.length
  }
}
