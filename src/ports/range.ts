/** Ports for people: `8000`, or `8000-8010` with both ends included. */
export function rangeText({ from, to }: { readonly from: number; readonly to: number }): string {
  return from === to ? `${from}` : `${from}-${to}`
}
