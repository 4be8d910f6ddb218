import { decode } from '../env/bytes.js'
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { MASK, maskValues } from '../env/mask.js'
import type { ProductPlan } from '../merge/plan.js'
import { findSections } from '../merge/sections.js'
import { unifiedDiff } from './diff.js'
import { isPort } from './secrets.js'

/**
 * A merge as a unified diff; '' where nothing changes. Values outside of sections that nobody touched are the
 * product's own, and masked.
 */
export function mergeDiff({ instance, file, before, after }: ProductPlan, reveal: boolean): string {
  if (before === after) return ''
  const shown = (text: string | null) =>
    text === null ? '' : reveal ? decode(text) : masked(text, instance !== null)
  return unifiedDiff(file, before === null ? null : shown(before), shown(after))
}

/** @param overlay whether it is that of an instance, whose section is made of the product's own lines */
function masked(text: string, overlay: boolean): string {
  // Comments first: a masked value would make an untouched section look edited.
  const doc = parseEnv(maskComments(parseEnv(text)))
  const own = isOwn(doc)
  const hide = (statement: Statement): boolean =>
    (overlay || own(statement)) && !isPort(statement.key, rawValue(doc, statement))
  return decode(maskValues(doc, hide))
}

/** Whether a statement or comment is the product's own. */
function isOwn(doc: EnvDocument): (part: { readonly start: number }) => boolean {
  const sections = findSections(doc).sections.filter(({ untouched }) => untouched)
  return ({ start: at }) => !sections.some(({ start, end }) => start <= at && at < end)
}

/** A variable that is commented out, or a note such as `password: …`, may hold a secret just as well. */
function maskComments(doc: EnvDocument): string {
  let text = ''
  let at = 0
  for (const comment of doc.comments.filter(isOwn(doc))) {
    const before = COMMENTED_OUT.exec(doc.text.slice(comment.start, comment.end))?.[0]
    if (before === undefined) continue
    text += doc.text.slice(at, comment.start + before.length) + MASK
    at = comment.end
  }
  return text + doc.text.slice(at)
}

/** Up to what may be a value. */
const COMMENTED_OUT = /^#[^=:]{0,400}[=:](?=.)/
