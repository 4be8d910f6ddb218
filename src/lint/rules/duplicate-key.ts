import type { Rule } from '../rule.js'

export const duplicateKey = {
  code: 'duplicate-key',
  group: 'env',
  severity: 'warning',
  meaning: 'A template states the same variable twice; the last one counts.',
  reason: 'Whoever changes the first one sees nothing happen.',
  bad: {
    'features/redis/.env.example': '# Memory\nREDIS_MEMORY=64mb\n# Memory of the cache\nREDIS_MEMORY=128mb\n',
  },
  good: { 'features/redis/.env.example': '# Memory of the cache\nREDIS_MEMORY=128mb\n' },
  *check({ template }) {
    const first = new Map<string, number>()
    for (const { key, line } of template.doc.statements) {
      const before = first.get(key)
      first.set(key, before ?? line)
      if (before === undefined) continue
      const message = `${key} is stated already in line ${before}; the last one counts`
      yield { file: template.file, line, message, next: 'Remove one of them.' }
    }
  },
} as const satisfies Rule
