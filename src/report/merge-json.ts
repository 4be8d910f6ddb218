/** The report of a merge as JSON (docs/json.md). Lists, not objects keyed by names: a key may be called `__proto__`. */
import { decode } from '../env/bytes.js'
import { changesFile, type Entry, type ProductPlan } from '../merge/plan.js'
import { rangeText } from '../ports/value.js'
import { isPort, type Secrets } from './secrets.js'

/** One product's plan. @param secrets what is not to be printed; null prints everything */
export function mergeJson(plan: ProductPlan, written: boolean, secrets: Secrets | null) {
  return {
    product: plan.product,
    instance: plan.instance,
    offset: plan.offset,
    file: plan.file,
    changed: changesFile(plan),
    written,
    createdFrom: plan.createdFrom,
    merged: plan.merged,
    sections: plan.sections,
    dropped: plan.dropped,
    orphaned: plan.orphaned,
    entries: plan.entries.map((entry) => ({
      key: entry.key,
      feature: entry.feature,
      file: entry.file,
      line: entry.line,
      outcome: entry.outcome,
      base: entry.shift === null ? null : rangeText(entry.shift.base),
      offset: entry.shift?.offset ?? null,
      host: entry.shift === null ? null : rangeText(entry.shift.host),
      placeholders: entry.placeholders,
      value: shownValue(entry, secrets),
      masked: entry.value !== null && shownValue(entry, secrets) === null,
      given: entry.given !== null && isGivenPublic(entry, secrets) ? decode(entry.given) : null,
      kept: entry.kept,
      first: entry.first,
    })),
    problems: plan.problems,
  }
}

function shownValue(entry: Entry, secrets: Secrets | null): string | null {
  const { key, value, given } = entry
  if (value === null) return null
  const isTemplates = value === given && isGivenPublic(entry, secrets)
  return isTemplates || isPort(key, value) || !secrets?.has(key) ? decode(value) : null
}

function isGivenPublic({ feature, key }: Entry, secrets: Secrets | null): boolean {
  return secrets === null || secrets.isPublicIn(feature, key)
}
