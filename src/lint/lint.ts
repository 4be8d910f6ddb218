/** Runs the rules over a feature. */
import type { LintContext } from './context.js'
import { RULES } from './registry.js'
import type { Finding, Found, Rule } from './rule.js'

/** Where several templates make a rule find the same thing in a Compose file, it is said once. */
export function lintFeature(contexts: readonly LintContext[], rules: readonly Rule[] = RULES): Finding[] {
  const found = new Map<string, Finding & { readonly order: number }>()
  for (const context of contexts) {
    const own = [context.template.file, ...(context.compose?.files ?? [])]
    rules.forEach((rule, index) => {
      for (const each of rule.check(context)) {
        const { code, severity } = rule
        const key = [code, each.file, each.line, each.column ?? '', each.message].join('\0')
        const order = own.indexOf(each.file) * 1e6 + index
        if (!found.has(key)) found.set(key, { code, severity, ...each, order })
      }
    })
  }
  return [...found.values()].sort(byPlace).map(({ order: _, ...finding }) => finding)
}

/** By file (those of the feature in the order of reading), then by line and column, then by rule. */
function byPlace(a: Found & { order: number }, b: Found & { order: number }): number {
  if (a.file !== b.file) return a.order < b.order ? -1 : 1
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0) || a.order - b.order
}
