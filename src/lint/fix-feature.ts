/** `--fix`: applies the edits of findings, round by round, as long as each round keeps what the files say otherwise. */
import type { FileChange } from '../file-change.js'
import type { LintContext, LintSource } from './context.js'
import { applyEdits } from './edit.js'
import type { FeatureIndex } from './feature-index.js'
import { preservesMeaning } from './preserves-meaning.js'
import { lintFeature } from './registry.js'
import { type Edit, type Finding, withoutEdits } from './rule.js'

/** What became of a feature. */
export interface Fixed {
  /** The files that change, templates first: with a variable too many Compose still runs, with one too few it does not. */
  readonly changes: readonly FileChange[]
  readonly fixed: readonly Finding[]
  readonly remaining: readonly Finding[]
}

/** Ends a fix that undoes another one; a real feature takes a few rounds. */
const MAX_ROUNDS = 1000

/**
 * Fixes one feature; in `index` it is then the fixed one.
 * @param source one of theirs
 */
export function fixFeature(source: LintSource, index: FeatureIndex): Fixed {
  const texts = new Map<string, string>()
  let state = stateOf(source, index)
  const fixed: Finding[] = []
  const refused = new Set<string>()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const open = state.findings.filter(
      (finding) => finding.edits !== undefined && !refused.has(keyOf(finding)),
    )
    const chosen = disjoint(open)
    if (chosen.length === 0) break
    const batches = [chosen, ...chosen.map((finding) => [finding])]
    for (const batch of batches) {
      const next = attempt(state, batch, index)
      if (next === null) {
        if (batch.length === 1) refused.add(keyOf(batch[0] as Finding))
        continue
      }
      for (const [file, text] of next.texts) texts.set(file, text)
      state = next.state
      fixed.push(...batch)
      break
    }
  }
  const changes = [...texts]
    .map(([file, after]) => ({ file, before: source.read(file), after }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => Number(!isTemplate(source, a.file)) - Number(!isTemplate(source, b.file)))
  return { changes, fixed, remaining: state.findings }
}

/**
 * The findings of a feature, of which those have edits that `fixFeature` would really put right: others may stand in the
 * way, or what the files say otherwise. In `index` everything is then as before.
 */
export function withTrueEdits(source: LintSource, index: FeatureIndex): Finding[] {
  const findings = lintFeature(index.contexts(source.name))
  if (findings.every(({ edits }) => edits === undefined)) return findings
  const { remaining } = index.restoring(source.name, () => fixFeature(source, index))
  const left = new Map<string, number>()
  for (const finding of remaining) left.set(sortOf(finding), (left.get(sortOf(finding)) ?? 0) + 1)
  return findings.map((finding) => {
    const count = left.get(sortOf(finding)) ?? 0
    if (finding.edits === undefined || count === 0) return finding
    left.set(sortOf(finding), count - 1)
    return withoutEdits(finding)
  })
}

/** What stays of a finding while lines move; the message names the variable or the service. */
function sortOf({ code, file, message }: Finding): string {
  return [code, file, message].join('\0')
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

/** The state after some edits; null, with everything as it was, if they break or change more than they should. */
function attempt(state: State, batch: readonly Finding[], index: FeatureIndex) {
  const { source } = state
  const texts = applyEdits(
    source.read,
    batch.flatMap(({ edits }) => edits ?? []),
  )
  const changed: LintSource = { ...source, read: (file) => texts.get(file) ?? source.read(file) }
  index.replace(changed)
  const next = stateOf(changed, index)
  const replaced = new Map(batch.flatMap(({ replaces = {} }) => Object.entries(replaces)))
  if (
    areGone(batch, state, next) &&
    !hasNewErrors(state, next) &&
    preservesMeaning(state.contexts, next.contexts, replaced)
  )
    return { state: next, texts }
  index.replace(source)
  return null
}

/** Whether as many findings went as were fixed. */
function areGone(batch: readonly Finding[], before: State, after: State): boolean {
  const wanted = new Map<string, number>()
  const count = (findings: readonly Finding[], step: number) => {
    for (const finding of findings) wanted.set(sortOf(finding), (wanted.get(sortOf(finding)) ?? 0) + step)
  }
  count(before.findings, 1)
  count(batch, -1)
  count(after.findings, -1)
  return batch.every((finding) => (wanted.get(sortOf(finding)) ?? 0) >= 0)
}

function hasNewErrors(before: State, after: State): boolean {
  const count = ({ findings }: State) => {
    const counts = new Map<string, number>()
    for (const { code, severity } of findings) {
      // Two variables that a fix adds must not want one port.
      if (severity === 'error' || code === 'base-port-taken') counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    return counts
  }
  const known = count(before)
  return [...count(after)].some(([code, number]) => number > (known.get(code) ?? 0))
}

/** The findings whose edits do not meet, the earlier one going first. */
function disjoint(findings: readonly Finding[]): Finding[] {
  const taken = new Map<string, Edit[]>()
  return findings.filter(({ edits }) => {
    if (edits === undefined || edits.length === 0) return false
    if (edits.some((edit) => (taken.get(edit.file) ?? []).some((other) => meets(edit, other)))) return false
    for (const edit of edits) {
      const all = taken.get(edit.file)
      if (all === undefined) taken.set(edit.file, [edit])
      else all.push(edit)
    }
    return true
  })
}

/** Two insertions at one place go one behind the other; anything else that touches is too close. */
function meets(a: Edit, b: Edit): boolean {
  if (a.start === a.end && b.start === b.end) return false
  return a.start <= b.end && b.start <= a.end
}

function keyOf({ code, file, line, column, message }: Finding): string {
  return [code, file, line, column ?? '', message].join('\0')
}

function isTemplate({ templates }: LintSource, file: string): boolean {
  return templates.some((template) => template.file === file)
}
