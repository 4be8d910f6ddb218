/** The products of a workspace, as a table and as JSON. */
import { ownerName } from '../claims/claim.js'
import { formerText } from '../tasks/live.js'
import type { Running, RunningList } from '../tasks/running.js'
import type { SurveyedOwner } from '../tasks/survey.js'
import { printable } from './escape.js'
import { blocks } from './lines.js'
import { offsetText } from './ports.js'
import { type Column, tableLines } from './table.js'

const COLUMNS: readonly Column[] = [
  { title: 'product', shrinks: true },
  { title: 'offset', align: 'right' },
  { title: 'ports', align: 'right' },
  { title: 'env' },
]

/** @param folder of a product to create */
export function noProductsLines(folder: string): string[] {
  return [`  The workspace has no products yet; create a folder ${folder}`]
}

export function productsLines(owners: readonly SurveyedOwner[], width: number | null): string[] {
  const rows = owners.map((owner) => [...cellsOf(owner), featuresOf(owner).join(', ')])
  return printed([...COLUMNS, { title: 'features', shrinks: true }], rows, width)
}

/** The table with what runs, and from which folder; then the leftovers. */
export function runningLines({ owners, leftovers }: RunningList, width: number | null): string[] {
  const rows = owners.map((owner) => {
    return [...cellsOf(owner), runningText(owner.running), owner.running.folders.join(', ')]
  })
  const left = leftovers.map(({ project, folder, remove }) => [project, folder, remove])
  return blocks([
    printed([...COLUMNS, { title: 'now' }, { title: 'folder' }], rows, width),
    ...(left.length === 0 ? [] : [printed(LEFTOVERS, left, width)]),
  ])
}

export function runningText({ live, missing, formerPorts }: Running): string {
  const without = missing.length === 0 ? live : `${live}, without ${missing.join(', ')}`
  return [without, ...formerText(formerPorts)].join('; ')
}

const LEFTOVERS: readonly Column[] = [{ title: 'leftover' }, { title: 'folder' }, { title: 'removed by' }]

function cellsOf(owner: SurveyedOwner): string[] {
  const offset = offsetText(owner.offset, owner.offsetFrom)
  return [ownerName(owner), offset, `${portsOf(owner) ?? '?'}`, owner.state]
}

function printed(columns: readonly Column[], rows: readonly string[][], width: number | null): string[] {
  return tableLines(
    columns,
    rows.map((row) => row.map(printable)),
    width,
  )
}

/** As JSON (docs/json.md). */
export function productJson(owner: SurveyedOwner) {
  return {
    product: owner.product,
    instance: owner.instance,
    offset: owner.plan.offset,
    features: featuresOf(owner),
    file: owner.plan.file,
    state: owner.state,
    ports: portsOf(owner),
    project: owner.projectName,
  }
}

/** As JSON (docs/json.md). */
export function runningJson({ owners, leftovers }: RunningList) {
  return { products: owners.map((owner) => ({ ...productJson(owner), ...owner.running })), leftovers }
}

/** Null if not all of its ports are known. */
function portsOf({ claims, unread }: SurveyedOwner): number | null {
  return unread.length === 0 ? claims.length : null
}

/** The features with a template; only once, as the instances of a product have the same. */
function featuresOf({ instance, plan }: SurveyedOwner): readonly string[] {
  return instance === null && plan.offset.from !== 'original' ? plan.merged : []
}
