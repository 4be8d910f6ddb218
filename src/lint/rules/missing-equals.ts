import type { Rule } from '../rule.js'

export const missingEquals = {
  code: 'missing-equals',
  group: 'env',
  severity: 'warning',
  meaning: 'A variable stands without a `=`.',
  reason:
    'To Compose, a name alone means: the value that the shell has. On every machine that is another one, and mostly none.',
  bad: { 'features/redis/.env.example': '# Password, if any\nREDIS_PASSWORD\n' },
  good: { 'features/redis/.env.example': '# Password, if any\nREDIS_PASSWORD=\n' },
  *check({ template }) {
    for (const { key, kind, line } of template.doc.statements) {
      if (kind !== 'inherit') continue
      const message = `${key} has no "=": Docker Compose takes its value from the shell`
      yield { file: template.file, line, message, next: `Write ${key}= for an empty value.` }
    }
  },
} as const satisfies Rule
