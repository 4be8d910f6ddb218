/** The products of a workspace, as a table and as JSON. */
import { ownerName } from '../claims/claim.js'
import type { SurveyedOwner } from '../tasks/survey.js'
import { printable } from './escape.js'
import { offsetText } from './ports.js'
import { type Column, tableLines } from './table.js'

const COLUMNS: readonly Column[] = [
  { title: 'product', shrinks: true },
  { title: 'offset', align: 'right' },
  { title: 'ports', align: 'right' },
  { title: 'env' },
  { title: 'features', shrinks: true },
]

/** @param folder of a product to create */
export function productsLines(
  owners: readonly SurveyedOwner[],
  folder: string,
  width: number | null,
): string[] {
  if (owners.length === 0) return [`  The workspace has no products yet; create a folder ${folder}`]
  const rows = owners.map((owner) => [
    ownerName(owner),
    offsetText(owner.offset, owner.offsetFrom),
    `${portsOf(owner) ?? '?'}`,
    owner.state,
    featuresOf(owner).join(', '),
  ])
  return tableLines(
    COLUMNS,
    rows.map((row) => row.map(printable)),
    width,
  )
}

/** As JSON (docs/json.md). */
export function productsJson(owners: readonly SurveyedOwner[]) {
  return owners.map((owner) => ({
    product: owner.product,
    instance: owner.instance,
    offset: owner.plan.offset,
    features: featuresOf(owner),
    file: owner.plan.file,
    state: owner.state,
    ports: portsOf(owner),
    project: owner.projectName,
  }))
}

/** Null if not all of its ports are known. */
function portsOf({ claims, unread }: SurveyedOwner): number | null {
  return unread.length === 0 ? claims.length : null
}

/** The features with a template; only once, as the instances of a product have the same. */
function featuresOf({ instance, plan }: SurveyedOwner): readonly string[] {
  return instance === null && plan.offset.from !== 'original' ? plan.merged : []
}
