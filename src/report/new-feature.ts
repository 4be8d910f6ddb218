/** The report of a new feature, as text and as JSON. */
import type { NewFeature } from '../tasks/new-feature.js'
import { printable } from './escape.js'
import { row } from './lines.js'
import type { Style } from './style.js'

const MAX_NEAR = 3

/** @param addTo the products that get the feature */
export function newFeatureLines(
  { name, variable, basePort, image, edits, caution, near, toInclude }: NewFeature,
  { addTo, dryRun }: { readonly addTo: readonly string[]; readonly dryRun: boolean },
  style: Style,
): string[] {
  const port = `${variable}=${basePort}, ${image.containerPort} in the container of ${image.reference}`
  const rows: [string, string][] = [['port', port]]
  if (caution !== null) rows.push(['caution', caution])
  for (const { by, from } of near.slice(0, MAX_NEAR)) rows.push(['near', `${from}, ${by}`])
  if (near.length > MAX_NEAR) rows.push(['near', `${near.length - MAX_NEAR} more`])
  for (const { file, before, added } of edits) {
    const verb = before === null ? 'create' : 'change'
    rows.push([
      dryRun ? `would ${verb}` : `${verb}d`,
      `${file}${added === null ? '' : `, ${addedText(added)}`}`,
    ])
  }
  if (addTo.length === 0) rows.push(['next', `product add PRODUCT ${name}`])
  for (const { product, path } of toInclude)
    rows.push(['next', `add ${path} to include: of the Compose file of ${product}`])
  for (const product of addTo) rows.push(['next', `product env --merge ${product}`])
  const width = dryRun ? 14 : 9
  return [
    style.bold(`${name}  base port ${basePort}`),
    '',
    ...rows.map(([title, text]) => row(title, printable(text), style, width)),
  ]
}

function addedText({ key, item, earlier }: NonNullable<NewFeature['edits'][number]['added']>): string {
  return earlier === null ? `${key}: ${item} added` : `${key}: created, with ${item} last`
}

/** As JSON (docs/json.md). */
export function newFeatureJson(feature: NewFeature, written: boolean) {
  const { name, variable, basePort, image, edits, caution, near, toInclude } = feature
  return {
    feature: name,
    variable,
    base: basePort,
    image: image.reference,
    containerPort: image.containerPort,
    files: edits.map(({ file, before }) => ({ file, created: before === null })),
    written,
    caution,
    near,
    toInclude,
  }
}
