import { withoutTokens } from '../env/secret.js'

/** Characters that steer a terminal or disguise a text: C0 and C1 controls, bidirectional and zero-width format characters. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Makes a text from a file safe to print: escapes control characters, and masks tokens. */
export function printable(text: string): string {
  return escaped(withoutTokens(text))
}

export function escaped(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) as number
    return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

/** Formats a value as JSON, with the controls escaped that JSON itself leaves as they are. */
export function printableJson(value: unknown, reveal = false): string {
  const escaped = (character: string) =>
    character === '\n' ? character : `\\u${hex(character.codePointAt(0) as number, 4)}`
  const masked = (_: string, each: unknown) => (typeof each === 'string' ? withoutTokens(each) : each)
  return JSON.stringify(value, reveal ? undefined : masked, 2).replace(UNSAFE, escaped)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
