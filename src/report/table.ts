/** A table for people: columns as wide as their widest cell, two blanks apart. */

export interface Column {
  readonly title: string
  /** Numbers stand to the right. */
  readonly align?: 'right'
}

/** The lines of a table, titles first, indented by two blanks. Cells must be printable already. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) =>
    all.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0),
  )
  return all.map((row) => {
    const cells = columns.map(({ align }, index) => {
      const cell = row[index] ?? ''
      const width = widths[index] as number
      return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
    })
    return `  ${cells.join('  ')}`.trimEnd()
  })
}
