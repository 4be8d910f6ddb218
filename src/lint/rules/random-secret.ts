import { looksLikeSecret } from '../../env/secret.js'
import { rawOf } from '../context.js'
import { ENV, type Rule } from '../rule.js'

export const randomSecret = {
  code: 'random-secret',
  group: 'env',
  severity: 'warning',
  meaning: 'A password, token or key has a value that looks random, so it may be real.',
  reason:
    'It stays in the repository for good, and every product that does not change it uses the same value.',
  bad: { [ENV]: '# Password of redis\nREDIS_PASSWORD=m7Qz2vXp9LrT4wYk8NbH\n' },
  good: { [ENV]: '# Password of redis\nREDIS_PASSWORD=change-me\n' },
  *check({ template }) {
    for (const statement of template.doc.statements) {
      const found = looksLikeSecret(statement.key, rawOf(template, statement))
      if (found?.kind !== 'random') continue
      const message = `${statement.key} looks like ${found.what}`
      const next = 'Replace it with change-me; if the value is real, change it wherever it is used.'
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
