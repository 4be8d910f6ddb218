/**
 * Values in an order of their own, for a comparison. Compose answers in JSON, for which Go and Node write U+FFFD for
 * what is no UTF-8, one as often as there are bytes, the other as there are broken characters: a run of them is one.
 */
export function comparable(values: Iterable<readonly [string, string]>): [string, string][] {
  return [...values]
    .map(([name, value]): [string, string] => [name, value.replace(/\ufffd+/g, '\ufffd')])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}
