/** `--fix`: applies the edits of findings, round by round, as long as each round keeps what the files say otherwise. */

import { groupBy } from '../claims/group.js'
import type { FileChange } from '../file-change.js'
import type { LintContext, LintSource } from './context.js'
import { applyEdits } from './edit.js'
import type { FeatureIndex } from './feature-index.js'
import { preservesMeaning } from './preserves-meaning.js'
import { lintFeature } from './registry.js'
import { type Edit, type Finding, withoutEdits } from './rule.js'

/** What became of a feature. */
export interface Fixed {
  /** Templates first: Compose runs with a variable too many, but not with one too few. */
  readonly changes: readonly FileChange[]
  readonly fixed: readonly Finding[]
  readonly remaining: readonly Finding[]
}

/** Ends fixes that undo each other; a real feature takes a few rounds. */
const MAX_ROUNDS = 1000

/** Fixes a feature, and replaces it in the index. */
export function fixFeature(source: LintSource, index: FeatureIndex): Fixed {
  const texts = new Map<string, string>()
  let state = stateOf(source, index)
  const fixed: Finding[] = []
  const refused = new Set<string>()
  let isNew = false
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const chosen = disjoint(state.findings.filter((finding) => !refused.has(placeKey(finding))))
    if (chosen.length === 0) {
      if (!isNew) break
      // What was refused may be possible after the fixes of others.
      refused.clear()
      isNew = false
      continue
    }
    for (const batch of [chosen, ...chosen.map((finding) => [finding])]) {
      const next = tryEdits(state, batch, index)
      if (next !== null) {
        for (const [file, text] of next.texts) texts.set(file, text)
        state = next.state
        fixed.push(...batch)
        isNew = true
        break
      }
      if (batch.length === 1) refused.add(placeKey(batch[0] as Finding))
    }
  }
  const templates = new Set(source.templates.map(({ file }) => file))
  const changes = [...texts]
    .map(([file, after]) => ({ file, before: source.read(file), after }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => Number(templates.has(b.file)) - Number(templates.has(a.file)))
  return { changes, fixed, remaining: state.findings }
}

/** Lints a feature, and keeps only the edits that `fixFeature` would make: others may interfere. */
export function withTrueEdits(source: LintSource, index: FeatureIndex): Finding[] {
  const findings = lintFeature(index.contexts(source.name))
  if (findings.every(({ edits }) => edits === undefined)) return findings
  const { remaining } = fixFeature(source, index.copy())
  const left = countBy(remaining, lineless)
  return findings.map((finding) => {
    const count = left.get(lineless(finding)) ?? 0
    if (finding.edits === undefined || count === 0) return finding
    left.set(lineless(finding), count - 1)
    return withoutEdits(finding)
  })
}

/** Identifies a finding while its line moves; the message names the variable or the service. */
function lineless({ code, file, message }: Finding): string {
  return [code, file, message].join('\0')
}

function placeKey({ code, file, line, column, message }: Finding): string {
  return [code, file, line, column ?? '', message].join('\0')
}

function countBy(findings: readonly Finding[], keyOf: (finding: Finding) => string): Map<string, number> {
  return new Map([...groupBy(findings, keyOf)].map(([key, group]) => [key, group.length]))
}

interface State {
  readonly source: LintSource
  readonly contexts: readonly LintContext[]
  readonly findings: readonly Finding[]
}

function stateOf(source: LintSource, index: FeatureIndex): State {
  const contexts = index.contexts(source.name)
  return { source, contexts, findings: lintFeature(contexts) }
}

/** Applies edits; restores everything and returns null if they change more than they should. */
function tryEdits(state: State, batch: readonly Finding[], index: FeatureIndex) {
  const { source } = state
  const edits = batch.flatMap((finding) => finding.edits ?? [])
  const texts = applyEdits(source.read, edits)
  const changed: LintSource = { ...source, read: (file) => texts.get(file) ?? source.read(file) }
  index.replace(changed)
  const next = stateOf(changed, index)
  const replaced = new Map(batch.flatMap(({ replaces = {} }) => Object.entries(replaces)))
  const renamed = new Map(batch.flatMap(({ renames = {} }) => Object.entries(renames)))
  if (
    areGone(batch, state.findings, next.findings) &&
    !hasNewErrors(state.findings, next.findings, [...renamed.values()]) &&
    preservesMeaning(state.contexts, next.contexts, replaced, renamed)
  )
    return { state: next, texts }
  index.replace(source)
  return null
}

function areGone(batch: readonly Finding[], before: readonly Finding[], after: readonly Finding[]): boolean {
  const [all, left] = [countBy(before, lineless), countBy(after, lineless)]
  return [...countBy(batch, lineless)].every(
    ([key, number]) => (left.get(key) ?? 0) <= (all.get(key) ?? 0) - number,
  )
}

/** @param renamed new names: that their base ports are taken is not new, but was not found before */
function hasNewErrors(
  before: readonly Finding[],
  after: readonly Finding[],
  renamed: readonly string[],
): boolean {
  const isOfRenamed = ({ message }: Finding) => renamed.some((name) => message.startsWith(`${name}=`))
  // Two variables that a fix adds must not have the same port.
  const errorsOf = (findings: readonly Finding[]) =>
    countBy(
      findings.filter(
        (finding) =>
          (finding.severity === 'error' || finding.code === 'base-port-taken') && !isOfRenamed(finding),
      ),
      ({ code }) => code,
    )
  const known = errorsOf(before)
  return [...errorsOf(after)].some(([code, number]) => number > (known.get(code) ?? 0))
}

/** Returns the findings whose edits do not touch those of an earlier one. */
function disjoint(findings: readonly Finding[]): Finding[] {
  const taken: Edit[] = []
  return findings.filter(({ edits = [] }) => {
    if (edits.length === 0 || edits.some((edit) => taken.some((other) => touch(edit, other)))) return false
    taken.push(...edits)
    return true
  })
}

/** Two insertions at one place are not too close: one follows the other. */
function touch(a: Edit, b: Edit): boolean {
  if (a.file !== b.file || (a.start === a.end && b.start === b.end)) return false
  return a.start <= b.end && b.start <= a.end
}
