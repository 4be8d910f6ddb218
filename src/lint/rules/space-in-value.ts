import { decode } from '../../env/bytes.js'
import { ENV, type Rule } from '../rule.js'

export const spaceInValue = {
  code: 'space-in-value',
  group: 'env',
  severity: 'warning',
  meaning: 'A value starts or ends with white space that becomes part of it.',
  reason:
    'White space inside quotes, or an invisible character such as a zero-width space or a byte order mark, is easy to miss and breaks passwords and host names.',
  bad: { [ENV]: '# Name of the server\nREDIS_SERVER="redis "\n' },
  good: { [ENV]: '# Name of the server\nREDIS_SERVER="redis"\n' },
  *check({ template }) {
    for (const [key, { line, kind }] of template.defined) {
      const value = decode(template.reading.values.get(key) ?? '')
      if (kind === 'inherit' || value === '') continue
      // The newline at the end of a certificate is intended.
      const text = value.replace(/\n$/, '')
      const edge = BLANK.test(text.slice(-1)) ? 'ends' : BLANK.test(text.slice(0, 1)) ? 'starts' : null
      if (edge === null) continue
      const code = (edge === 'ends' ? text.slice(-1) : text.slice(0, 1)).charCodeAt(0)
      const which = code === 0x20 ? 'a space' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      const message = `The value of ${key} ${edge} with ${which}, which is part of it`
      yield { file: template.file, line, message, next: 'Remove it.' }
    }
  },
} as const satisfies Rule

/** Unicode white space and characters without width. */
const BLANK = /^[\s\x85\u180e\u200b-\u200f\u2060\ufeff]$/
