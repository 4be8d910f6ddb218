/** The reports of `product init`, `new`, `add` and `remove`. */
import type { FileChange } from '../file-change.js'
import type { FeatureEdits } from '../tasks/product-features.js'
import { printable } from './escape.js'
import { row } from './lines.js'
import type { Style } from './style.js'

type Row = readonly [title: string, text: string]

export function initLines(
  folder: string,
  files: readonly FileChange[],
  dryRun: boolean,
  style: Style,
): string[] {
  const next = ['feature new redis', 'product new shop --features redis']
  return report(
    folder,
    [...fileRows(files, dryRun), ...next.map((command): Row => ['next', command])],
    dryRun,
    style,
  )
}

export function newProductLines(
  name: string,
  files: readonly FileChange[],
  dryRun: boolean,
  style: Style,
): string[] {
  return report(name, [...fileRows(files, dryRun), ['next', `product env --merge ${name}`]], dryRun, style)
}

export function editLines(
  product: string,
  action: 'add' | 'remove',
  { edits, toInclude, sections }: FeatureEdits,
  dryRun: boolean,
  style: Style,
): string[] {
  const verb = action === 'add' ? 'added' : 'removed'
  const rows: Row[] = edits.map(({ file, key, item, before }) => [
    title(before, dryRun),
    `${file}, ${key}: ${item} ${verb}`,
  ])
  if (rows.length === 0) rows.push(['done', 'nothing to do'])
  for (const path of toInclude)
    rows.push(['next', `add ${path} to include: of the Compose file of ${product}`])
  if (action === 'add') rows.push(['next', `product env --merge ${product}`])
  if (sections.length > 0) {
    const which = `${sections.length === 1 ? 'the section' : 'the sections'} of ${sections.join(', ')}`
    rows.push(['kept', `${which} in the .env`], ['next', `product env --merge ${product} --prune`])
  }
  return report(product, rows, dryRun, style)
}

function fileRows(files: readonly FileChange[], dryRun: boolean): Row[] {
  if (files.length === 0) return [['done', 'nothing to do']]
  return files.map(({ file, before }) => [title(before, dryRun), file])
}

function title(before: string | null, dryRun: boolean): string {
  const verb = before === null ? 'create' : 'change'
  return dryRun ? `would ${verb}` : `${verb}d`
}

/** As JSON (docs/json.md). */
export function filesJson(files: readonly FileChange[], written: boolean) {
  return {
    files: files.map(({ file, before }) => ({ file, created: before === null })),
    written: written && files.length > 0,
  }
}

/** As JSON (docs/json.md). */
export function editJson({ edits, files, toInclude, sections }: FeatureEdits, written: boolean) {
  const items = edits.map(({ file, key, item }) => ({ file, key, item }))
  return { items, ...filesJson(files, written), toInclude, sections }
}

function report(name: string, rows: readonly Row[], dryRun: boolean, style: Style): string[] {
  const width = dryRun ? 14 : 9
  const lines = rows.map(([title, text]) => row(title, printable(text), style, width))
  return [style.bold(printable(name)), '', ...lines]
}
