import { looksLikeSecret } from '../../env/secret.js'
import { rawOf } from '../context.js'
import type { Rule } from '../rule.js'

export const randomSecret = {
  code: 'random-secret',
  group: 'env',
  severity: 'warning',
  meaning: 'A password, token or key has a value that looks random, and so like a real one.',
  reason:
    'It is in the repository for good, and as a default value it is the same in every product that does not change it.',
  bad: {
    'features/redis/.env.example': '# Password of redis\nREDIS_PASSWORD=m7Qz2vXp9LrT4wYk8NbH\n',
  },
  good: { 'features/redis/.env.example': '# Password of redis\nREDIS_PASSWORD=change-me\n' },
  *check({ template }) {
    for (const statement of template.doc.statements) {
      const found = looksLikeSecret(statement.key, rawOf(template, statement))
      if (found?.kind !== 'random') continue
      const message = `${statement.key} looks like ${found.what}`
      const next = 'Write change-me in its place; if it is a real one, change it where it is used.'
      yield { file: template.file, line: statement.line, message, next }
    }
  },
} as const satisfies Rule
