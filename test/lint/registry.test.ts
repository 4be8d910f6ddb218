/** The registry: every rule keeps what its row says. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { GROUPS, RULES } from '../../src/lint/registry.js'
import type { Rule } from '../../src/lint/rule.js'
import { PROBLEMS } from '../../src/problem.js'
import { fixed, lint } from './support.js'

const rules: readonly Rule[] = RULES

describe.each(rules)('$code', (rule) => {
  test('finds its bad example, and nothing else in it', () => {
    const findings = lint(rule.bad)
    expect(findings.map(({ code }) => code)).toContain(rule.code)
    expect(findings.filter(({ code }) => code !== rule.code)).toEqual([])
    for (const finding of findings) {
      expect(finding.severity).toBe(rule.severity)
      expect(Object.keys(rule.bad)).toContain(finding.file)
      expect(finding.line).toBeGreaterThan(0)
      expect(finding.next).toMatch(/^[A-Z].*[^ ]$/)
    }
  })

  test('no rule finds anything in its good example', () => {
    const features = new Set(Object.keys(rule.good).map((file) => file.split('/')[1] as string))
    for (const feature of features) expect(lint(rule.good, feature)).toEqual([])
  })

  test('fixes its bad example if it says so, and only then', () => {
    const fixable = lint(rule.bad).some(({ edits }) => edits !== undefined)
    expect(fixable).toBe(rule.fix !== undefined)
    if (fixable) expect(fixed(rule.bad).remaining).toEqual([])
  })
})

describe('the registry', () => {
  test('has every file of src/lint/rules, each once', () => {
    const folder = fileURLToPath(new URL('../../src/lint/rules/', import.meta.url))
    const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
    expect([...rules].map(({ code }) => code).sort()).toEqual(files.sort())
  })

  test('has the rules of a group together, the groups in their order', () => {
    const order = rules.map(({ group }) => Object.keys(GROUPS).indexOf(group))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })

  test('gives a code that a merge has too the same severity, except where only the linter can be sure', () => {
    const shared = rules.filter(({ code }) => code in PROBLEMS)
    const differing = shared.filter(
      ({ code, severity }) => PROBLEMS[code as keyof typeof PROBLEMS].severity !== severity,
    )
    expect(differing.map(({ code }) => code)).toEqual([])
    expect(shared.length).toBeGreaterThan(5)
  })
})
