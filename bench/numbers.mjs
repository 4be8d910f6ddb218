export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * The exponent k of cost = c × size^k: the slope of the straight line through the logarithms (least squares).
 * 1 is linear growth, 2 quadratic.
 * @param points pairs of size and cost, all above 0
 */
export function exponent(points) {
  const logs = points.map(([size, cost]) => [Math.log(size), Math.log(cost)])
  const mean = (index) => logs.reduce((sum, point) => sum + point[index], 0) / logs.length
  const [x, y] = [mean(0), mean(1)]
  const slope = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  return slope / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
}

/** Returns a Markdown table; every column but the first is aligned to the right. */
export function table(titles, rows) {
  const all = [titles, ...rows].map((row) => row.map(String))
  const widths = titles.map((_, index) => Math.max(...all.map((row) => row[index].length)))
  const pad = (cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index]))
  const line = (row) => `| ${row.map(pad).join(' | ')} |\n`
  const rule = line(
    widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  )
  return line(all[0]) + rule + all.slice(1).map(line).join('')
}
