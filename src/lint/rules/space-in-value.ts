import { decode } from '../../env/bytes.js'
import type { Rule } from '../rule.js'

export const spaceInValue = {
  code: 'space-in-value',
  group: 'env',
  severity: 'warning',
  meaning: 'A value starts or ends with white space that readers keep.',
  reason:
    'A blank inside the quotes, or one that only looks like a blank (a zero-width space, a byte order mark), is part of the value. Nobody sees it, and passwords and host names fail with it.',
  bad: { 'features/redis/.env.example': '# Name of the server\nREDIS_SERVER="redis "\n' },
  good: { 'features/redis/.env.example': '# Name of the server\nREDIS_SERVER="redis"\n' },
  *check({ template }) {
    for (const [key, { line, kind }] of template.stated) {
      const value = decode(template.reading.values.get(key) ?? '')
      if (kind === 'inherit' || value === '') continue
      // The newline at the end of a certificate is meant.
      const text = value.replace(/\n$/, '')
      const edge = BLANK.test(text.slice(-1)) ? 'ends' : BLANK.test(text.slice(0, 1)) ? 'starts' : null
      if (edge === null) continue
      const code = (edge === 'ends' ? text.slice(-1) : text.slice(0, 1)).charCodeAt(0)
      const which = code === 0x20 ? 'a space' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
      const message = `the value of ${key} ${edge} with ${which}, which is part of it`
      yield { file: template.file, line, message, next: 'Take it out.' }
    }
  },
} as const satisfies Rule

/** White space of Unicode, and characters without a width. */
const BLANK = /^[\s\x85\u180e\u200b-\u200f\u2060\ufeff]$/
