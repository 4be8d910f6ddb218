import { ENV, type Rule } from '../rule.js'

export const missingEquals = {
  code: 'missing-equals',
  group: 'env',
  severity: 'warning',
  meaning: 'A variable has no `=`.',
  reason:
    'Compose takes the value of a bare name from the shell, where it differs between machines and is usually not set.',
  bad: { [ENV]: '# Password, if any\nREDIS_PASSWORD\n' },
  good: { [ENV]: '# Password, if any\nREDIS_PASSWORD=\n' },
  *check({ template }) {
    for (const { key, kind, line } of template.doc.statements) {
      if (kind !== 'inherit') continue
      const message = `${key} has no "=", so Docker Compose takes its value from the shell`
      yield { file: template.file, line, message, next: `Write ${key}= to set an empty value.` }
    }
  },
} as const satisfies Rule
