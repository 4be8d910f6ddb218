/** The report of a merge as JSON (docs/json.md). Lists, not objects keyed by names: a key may be called `__proto__`. */
import { decode } from '../env/bytes.js'
import type { Entry } from '../merge/plan.js'
import { rangeText } from '../ports/value.js'
import type { MergedProduct } from '../tasks/merge.js'
import { copyJson, isCopy } from './copy.js'
import { type Secrets, showsPort } from './secrets.js'

/** @param secrets null prints everything */
export function mergeJson({ plan, copy, changed, written }: MergedProduct, secrets: Secrets | null) {
  return {
    product: plan.product,
    instance: isCopy(copy) ? copy.name : plan.instance,
    offset: plan.offset,
    file: copy?.envFile ?? plan.file,
    changed,
    written,
    copy: copy === null ? null : copyJson(copy),
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
  const isPublic =
    secrets === null || isTemplates || showsPort(secrets.isPort, key, value) || !secrets.has(key)
  return isPublic ? decode(value) : null
}

function isGivenPublic({ feature, key }: Entry, secrets: Secrets | null): boolean {
  return secrets === null || secrets.isPublicIn(feature, key)
}
