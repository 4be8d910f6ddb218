/**
 * Env files are handled as bytes, so that nothing is lost by decoding: a **byte string** is a JavaScript
 * string in which every character stands for one byte (0–255). Offsets into it are byte offsets, and
 * V8 keeps it at one byte a character. Only names and printed values are decoded.
 */

export function fromBuffer(buffer: Uint8Array): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1')
}

export function toBuffer(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1')
}

/** A loop is faster than a regular expression for short names. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false
  return true
}

/** Byte string → text. Invalid UTF-8 becomes U+FFFD, so the text must not be written back. */
export function decode(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Text → byte string, as UTF-8. */
export function encode(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

const REPLACEMENT = 0xfffd

/** Returns the character at a position as Go's `range` does: a byte that starts none is U+FFFD of size 1. */
export function runeAt(bytes: string, at: number): { codePoint: number; size: number } {
  const first = bytes.charCodeAt(at)
  if (first < 0x80) return { codePoint: first, size: 1 }
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  const text = decode(bytes.slice(at, at + size))
  const codePoint = text.codePointAt(0) ?? REPLACEMENT
  // A truncated or overlong sequence decodes to U+FFFD; the genuine U+FFFD is the three bytes EF BF BD.
  const genuine = codePoint !== REPLACEMENT || bytes.startsWith('\xef\xbf\xbd', at)
  return genuine ? { codePoint, size } : { codePoint: REPLACEMENT, size: 1 }
}
