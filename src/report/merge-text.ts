/** The report of a merge, for people. It ends as SPLENT's does. */

import { basename } from 'node:path'
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
  if (state === 'stopped') return [['stopped', 'nothing was written; fix the errors first']]
  const { entries, sections, offset, merged, createdFrom, file, instance, product } = plan
  const having = (outcome: Entry['outcome']) => entries.filter((entry) => entry.outcome === outcome)
  const [added, kept, adjusted] = [having('added'), having('kept'), having('adjusted')]
  const outdated = kept.filter(isOutdated)
  const rewritten = sections.filter(({ change }) => change !== 'added')
  const filled = added.filter(({ placeholders }) => placeholders.includes('__PRODUCT__'))
  const isOriginal = offset.from === 'original'
  // A project has one template, its own.
  const template = isOriginal ? (createdFrom ?? entries[0]?.file) : undefined
  const files = template ?? `${merged.length} feature .env file(s)`
  const hasNothing = isOriginal && template === undefined
  const upToDate =
    instance === null ? `product .env already holds ${files}` : `${file} already holds what differs`
  const isChanged = changesFile(plan)
  const rows: [isShown: boolean, title: string, text: string][] = [
    [createdFrom !== null, 'created', `${file} from ${createdFrom}`],
    [rewritten.length > 0, 'sections', rewritten.map((each) => `${each.change} ${each.feature}`).join(', ')],
    [added.length > 0, 'added', variables(added)],
    [plan.dropped.length > 0, 'dropped', variables(plan.dropped.map((key) => ({ key })))],
    [kept.length > 0 && !(isOriginal && createdFrom !== null), 'kept', variables(kept)],
    [outdated.length > 0, 'outdated', `${variables(outdated)}; run with --refresh to apply the new values`],
    [
      plan.orphaned.length > 0,
      'orphaned',
      `sections of ${plan.orphaned.map(printable).join(', ')}, which the product no longer has; run with --prune to remove them`,
    ],
    [merged.length === 0 && !isOriginal, 'note', 'no feature of the product has a template'],
    [!isChanged, 'merged', `nothing to do: ${hasNothing ? 'the project has no .env.example' : upToDate}`],
    [
      isChanged && filled.length > 0,
      'product',
      `resolved __PRODUCT__ in ${count(filled.length, 'variable')} → ${product}`,
    ],
    [
      isChanged && adjusted.length > 0,
      'ports',
      `adjusted ${adjusted.length} feature port(s) (+${offset.value})`,
    ],
    [isChanged && instance === null, 'merged', `${files} into product .env`],
    [
      isChanged && instance !== null,
      'overlay',
      `${file}: docker compose --env-file ${basename(entries[0]?.file ?? '.env')} --env-file .env.${instance} up`,
    ],
    [isChanged && state === 'shown', 'dry run', 'nothing was written'],
  ]
  return rows.flatMap(([isShown, title, text]) => (isShown ? [[title, text]] : []))
}

/** Lists variables, each once, as several features may define it. */
function variables(entries: readonly Pick<Entry, 'key'>[]): string {
  const keys = [...new Set(entries.map(({ key }) => printable(key)))]
  return `${count(keys.length, 'variable')}: ${keys.join(', ')}`
}
