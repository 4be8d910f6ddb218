import { describe, expect, it } from 'vitest'
import { encode } from '../../src/env/bytes.js'
import { writeValue } from '../../src/env/write-value.js'

describe('the form of a value', () => {
  it.each([
    ['bare where nothing can go wrong', 'redis://u@h:6379/0', 'redis://u@h:6379/0'],
    ['bare when empty', '', ''],
    ['single quotes around blanks', 'a b', "'a b'"],
    ['single quotes around a dollar', '$A', "'$A'"],
    ['single quotes around a hash', 'a #b', "'a #b'"],
    ['single quotes around lines', 'a\nb', "'a\nb'"],
    ['single quotes around a double one', 'a"b', `'a"b'`],
    ['single quotes around letters beyond ASCII', 'é', "'é'"],
    ['double quotes around a single one', "it's", `"it's"`],
    ['double quotes around a single one and lines', "it's\n", `"it's\n"`],
    ['double quotes, escaped, around a backslash at the end and a blank at the start', ' \\', '" \\\\"'],
    ['bare for a backslash at the end', 'C:\\dir\\', 'C:\\dir\\'],
    ['bare for both quotes, where it starts with neither', `a'b"`, `a'b"`],
    ['escapes where nothing else holds it', `'"$`, `"'\\"\\$"`],
    ['escapes for a CR', 'a\r', '"a\\r"'],
    ['escapes for a no-break space at an edge, which Compose trims', '\u00a0\'"', '"\u00a0\'\\""'],
    ['escapes for a wide space at an edge, which Compose trims', `a'"\u2003`, `"a'\\"\u2003"`],
    ['escapes for U+0085, which only Compose trims', `a'"\u0085`, `"a'\\"\u0085"`],
    ['escapes for U+FEFF, which only dotenv trims', `a'"\ufeff`, `"a'\\"\ufeff"`],
  ])('%s', (_, value, written) => expect(writeValue(encode(value))).toBe(encode(written)))

  it('has no form for NUL', () => {
    expect(() => writeValue('a\0')).toThrow(RangeError)
  })
})
