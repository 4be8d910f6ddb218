import { ENV, type Rule } from '../rule.js'

export const duplicateKey = {
  code: 'duplicate-key',
  group: 'env',
  severity: 'warning',
  meaning: 'A template defines a variable more than once; the last definition wins.',
  reason: 'Editing an earlier definition has no effect.',
  bad: { [ENV]: '# Memory\nREDIS_MEMORY=64mb\n# Memory of the cache\nREDIS_MEMORY=128mb\n' },
  good: { [ENV]: '# Memory of the cache\nREDIS_MEMORY=128mb\n' },
  *check({ template }) {
    const first = new Map<string, number>()
    for (const { key, line } of template.doc.statements) {
      const before = first.get(key)
      first.set(key, before ?? line)
      if (before === undefined) continue
      const message = `${key} is already defined on line ${before}; the last definition wins`
      yield { file: template.file, line, message, next: 'Remove one of the definitions.' }
    }
  },
} as const satisfies Rule
