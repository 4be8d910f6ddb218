/** Adds items one by one: `push(...items)` makes each an argument, and a hostile file has more of them than the stack holds. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item)
}
