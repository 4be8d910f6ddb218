/** The report of a copy, for people and as JSON. */
import type { ProductPlan } from '../merge/plan.js'
import type { PlannedCopy } from '../tasks/copy.js'
import type { Merge } from '../tasks/merge.js'
import { printable } from './escape.js'
import { count } from './lines.js'
import type { Style } from './style.js'
import { type Column, tableLines } from './table.js'

const COLUMNS: readonly Column[] = [
  { title: 'changed', shrinks: true },
  { title: 'original', shrinks: true },
  { title: 'copy', shrinks: true },
]

/** Returns true for a copy, rather than an isolated product. */
export function isCopy(copy: PlannedCopy | null): copy is PlannedCopy {
  return copy !== null && copy.kind !== 'isolated'
}

/** What a generated override changes in an isolated product. */
export function isolatedSummary(copy: PlannedCopy | null): [string, string][] {
  if (copy === null || copy.override === null) return []
  const changes = copy.changes.map(({ what, from, to, note }): [string, string] => [
    'isolated',
    printable(`${what}: ${from} → ${to}${note === undefined ? '' : ` (${note})`}`),
  ])
  return [...changes, ['override', copy.override], ...hiddenLine(copy)]
}

function hiddenLine({ exclude, ignored }: PlannedCopy): [string, string][] {
  return exclude === null ? [] : [['git', `${exclude} hides ${ignored.map(printable).join(' and ')}`]]
}

/** @param isChanged whether a merge changes a file */
export function copyLines(
  { product, createdFrom, entries }: ProductPlan,
  copy: PlannedCopy,
  state: Merge['state'],
  isChanged: boolean,
  style: Style,
  width: number | null,
): string[] {
  const { name, project, offset, original, changes, override, brought, envFile, options, variables } = copy
  const of = original === null ? product : `${product} in ${original}`
  const from = copy.offsetFrom === 'crc32' ? '' : ` (${copy.offsetFrom})`
  const start = `start it with ${['docker compose', ...options, 'up'].join(' ')}`
  const head = `${style.bold(`${product}@${name}`)}  copy of ${of}, offset ${offset}${from}, Compose project ${project}`
  const rows = changes.map(({ what, from, to }) => [what, from, to].map(printable))
  const table = rows.length === 0 ? [] : ['', ...tableLines(COLUMNS, rows, width)]
  const added = entries.filter(({ outcome }) => outcome === 'added' || outcome === 'adjusted')
  const lines: [string, string][] = changes.flatMap(({ what, note }): [string, string][] =>
    note === undefined ? [] : [['note', `${printable(what)}: ${printable(note)}`]],
  )
  if (createdFrom !== null) lines.push(['created', `${envFile} from ${createdFrom}`])
  if (added.length > 0)
    lines.push([
      'added',
      `${count(added.length, 'variable')}: ${added.map(({ key }) => printable(key)).join(', ')}`,
    ])
  if (variables.length > 0) lines.push(['env', `${envFile} sets ${variables.map(printable).join(', ')}`])
  if (override !== null) lines.push(['override', override])
  if (brought.length > 0)
    lines.push(['brought', `${brought.map(printable).join(', ')} from ${original ?? 'the original'}`])
  lines.push(...hiddenLine(copy))
  lines.push(['merged', isChanged ? start : `nothing to do: ${start}`])
  if (state === 'shown' && isChanged) lines.push(['dry run', 'nothing was written'])
  return [head, ...table, '', ...lines.map(([what, text]) => `  ${style.dim(what.padEnd(9))}${text}`)]
}

/** As JSON (docs/json.md). */
export function copyJson({ files: _, proof: __, ...shown }: PlannedCopy) {
  const changes = shown.changes.map(({ rule, what, from, to, note = null }) => ({
    rule,
    what,
    from,
    to,
    note,
  }))
  return { ...shown, changes }
}
