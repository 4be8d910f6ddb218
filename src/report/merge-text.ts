/** The report of a merge, for people. It ends as SPLENT's does. */

import { ownerName } from '../claims/claim.js'
import { decode } from '../env/bytes.js'
import { MASK } from '../env/secret.js'
import { changesFile, type Entry, isOutdated, type ProductPlan } from '../merge/plan.js'
import { rangeText } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'
import { hasErrors } from '../problem.js'
import type { Merge, MergedProduct } from '../tasks/merge.js'
import { copyLines, isCopy, isolatedSummary } from './copy.js'
import { printable } from './escape.js'
import { count, row } from './lines.js'
import { showsPort } from './secrets.js'
import type { Style } from './style.js'
import { type Column, tableLines } from './table.js'

const COLUMNS: readonly Column[] = [
  { title: 'feature', shrinks: true },
  { title: 'variable', shrinks: true },
  { title: 'base', align: 'right' },
  { title: 'host', align: 'right' },
  { title: 'outcome' },
]

export function mergeLines(
  { plan, copy, changed }: MergedProduct,
  state: MergeState,
  style: Style,
  width: number | null,
): string[] {
  if (isCopy(copy) && state !== 'stopped') return copyLines(plan, copy, state, changed, style, width)
  const { offset, entries } = plan
  const name = ownerName(plan)
  const from = offset.from === 'crc32' ? `crc32("${name}")` : offset.from
  const head = `${style.bold(name)}  offset ${offset.value} (${from})`
  const rows = entries.filter(({ shift }) => shift !== null).map((entry) => portRow(entry, plan.isPort))
  // With an error, the ports may be wrong.
  const table = rows.length === 0 || state === 'stopped' ? [] : ['', ...tableLines(COLUMNS, rows, width)]
  return [
    head,
    ...table,
    '',
    ...[...summary(plan, state), ...(state === 'stopped' ? [] : isolatedSummary(copy))].map(([what, text]) =>
      row(what, text, style),
    ),
  ]
}

/** Reports many products: the details of those that change, one line for each, and the totals. */
export function mergeAllLines(
  products: readonly MergedProduct[],
  state: MergeState,
  style: Style,
  width: number | null,
): string[] {
  const isBroken = ({ plan }: MergedProduct): boolean => hasErrors(plan.problems)
  const changing = products.filter((product) => product.changed && !isBroken(product))
  const details =
    state === 'stopped'
      ? []
      : changing.flatMap((product) => [...mergeLines(product, state, style, width), ''])
  const rows = products.map((product) => {
    const { plan, copy } = product
    const name = isCopy(copy) ? `${plan.product}@${copy.name}` : ownerName(plan)
    return [name, `+${isCopy(copy) ? copy.offset : plan.offset.value}`, outcomeOf(product, state)]
  })
  const changed = state === 'shown' ? 'to change' : 'changed'
  return [
    ...details,
    ...tableLines(ALL_COLUMNS, rows, width),
    '',
    `  ${count(products.length, 'env file')}: ${state === 'stopped' ? 0 : changing.length} ${changed}, ${products.filter(isBroken).length} with errors`,
  ]
}

type MergeState = Merge['state']

const ALL_COLUMNS: readonly Column[] = [
  { title: 'product', shrinks: true },
  { title: 'offset', align: 'right' },
  { title: 'outcome' },
]

function outcomeOf({ plan, changed }: MergedProduct, state: MergeState): string {
  if (hasErrors(plan.problems)) return 'error'
  if (!changed) return state === 'stopped' ? 'not written' : 'up to date'
  return state === 'stopped' ? 'not written' : state === 'shown' ? 'would be merged' : 'merged'
}

function portRow(entry: Entry, isPort: IsPort): string[] {
  const { feature, key, shift, outcome } = entry
  const host = outcome === 'adjusted' && shift !== null ? rangeText(shift.host) : shownPort(entry, isPort)
  return [feature, key, shift === null ? '' : rangeText(shift.base), host, outcomeText(entry, isPort)].map(
    printable,
  )
}

/** `kept 6971, redis now gives 6981` */
function outcomeText(entry: Entry, isPort: IsPort): string {
  const { outcome, feature, value, given, kept, first } = entry
  if (outcome === 'kept' && given !== value) {
    // In an unedited section, only a change of the template makes them differ.
    return `kept ${shownPort(entry, isPort)}, ${feature} ${kept?.untouched ? 'now gives' : 'gives'} ${decode(given ?? '')}`
  }
  if (outcome === 'conflict') return `conflict with ${first?.feature}, which wins`
  return outcome === 'same' ? `same as ${first?.feature}` : outcome
}

/** The product may have set a port variable to a secret. */
function shownPort({ key, value }: Entry, isPort: IsPort): string {
  if (value === null || value === '') return 'empty'
  return showsPort(isPort, key, value) ? decode(value) : MASK
}

function summary(plan: ProductPlan, state: MergeState): [string, string][] {
  const { entries, sections, offset, merged, createdFrom, file } = plan
  const by: Record<Entry['outcome'], Entry[]> = { adjusted: [], added: [], kept: [], conflict: [], same: [] }
  for (const entry of entries) by[entry.outcome].push(entry)
  const isOriginal = offset.from === 'original'
  // A project has one template, its own.
  const template = entries[0]?.file
  const files = isOriginal && template !== undefined ? template : `${merged.length} feature .env file(s)`
  const upToDate =
    plan.instance === null ? `product .env already holds ${files}` : `${file} already holds what differs`
  if (state === 'stopped') return [['stopped', 'nothing was written; fix the errors first']]
  const lines: [string, string][] = []
  if (createdFrom !== null) lines.push(['created', `${file} from ${createdFrom}`])
  const rewritten = sections
    .filter(({ change }) => change !== 'added')
    .map(({ feature, change }) => `${change} ${feature}`)
  if (rewritten.length > 0) lines.push(['sections', rewritten.join(', ')])
  if (by.added.length > 0) lines.push(['added', names(by.added)])
  if (plan.dropped.length > 0) lines.push(['dropped', names(plan.dropped.map((key) => ({ key })))])
  if (by.kept.length > 0 && !(isOriginal && createdFrom !== null))
    lines.push(['kept', names(distinct(by.kept))])
  const outdated = by.kept.filter(isOutdated)
  if (outdated.length > 0)
    lines.push(['outdated', `${names(distinct(outdated))}; run with --refresh to apply the new values`])
  if (plan.orphaned.length > 0) {
    const names = plan.orphaned.map(printable).join(', ')
    lines.push([
      'orphaned',
      `sections of ${names}, which the product no longer has; run with --prune to drop them`,
    ])
  }
  if (merged.length === 0 && isOriginal && !changesFile(plan))
    return [...lines, ['merged', 'nothing to do: the project has no .env.example']]
  if (merged.length === 0) lines.push(['note', 'no feature of the product has a template'])
  if (!changesFile(plan)) return [...lines, ['merged', `nothing to do: ${upToDate}`]]
  lines.push(...placeholderLines(by.added, plan.product))
  const ports = by.adjusted.length
  if (ports > 0) lines.push(['ports', `adjusted ${ports} feature port(s) (+${offset.value})`])
  if (plan.instance === null) lines.push(['merged', `${files} into product .env`])
  else lines.push(['overlay', `${file}: docker compose --env-file .env --env-file .env.${plan.instance} up`])
  if (state === 'shown') lines.push(['dry run', 'nothing was written'])
  return lines
}

function placeholderLines(added: readonly Entry[], product: string): [string, string][] {
  const filled = added.filter(({ placeholders }) => placeholders.includes('__PRODUCT__'))
  return filled.length === 0
    ? []
    : [['product', `resolved __PRODUCT__ in ${count(filled.length, 'variable')} → ${product}`]]
}

function names(entries: readonly Pick<Entry, 'key'>[]): string {
  const shown = entries.map(({ key }) => printable(key))
  return `${count(entries.length, 'variable')}: ${shown.join(', ')}`
}

/** Each variable once, as several features may define it. */
function distinct(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()]
}
