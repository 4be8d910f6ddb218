export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** Its cells are shortened in the middle if the table is too wide for the terminal. */
  readonly shrinks?: true
}

const NARROWEST = 8
const GAP = 2

/**
 * Formats a table, titles first, indented by two spaces. Cells must be printable already.
 * @param width of the terminal in columns; null shortens nothing
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null = null,
): string[] {
  const all = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) =>
    all.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0),
  )
  if (width !== null) shrink(columns, widths, width)
  return all.map((row) => {
    const cells = columns.map(({ align }, index) => {
      const columnWidth = widths[index] as number
      const cell = shortened(row[index] ?? '', columnWidth)
      return align === 'right' ? cell.padStart(columnWidth) : cell.padEnd(columnWidth)
    })
    return `  ${cells.join(' '.repeat(GAP))}`.trimEnd()
  })
}

/** Narrows the widest column that may shrink, until the table fits. */
function shrink(columns: readonly Column[], widths: number[], width: number): void {
  let excess = widths.reduce((sum, each) => sum + each + GAP, 0) - width
  while (excess > 0) {
    let widest = -1
    for (const [index, { shrinks }] of columns.entries()) {
      if (shrinks === true && (widths[index] as number) > (widths[widest] ?? NARROWEST)) widest = index
    }
    if (widest === -1) return
    widths[widest] = (widths[widest] as number) - 1
    excess -= 1
  }
}

function shortened(cell: string, width: number): string {
  if (cell.length <= width) return cell
  const end = Math.floor((width - 1) / 2)
  return `${cell.slice(0, width - 1 - end)}…${cell.slice(cell.length - end)}`
}
