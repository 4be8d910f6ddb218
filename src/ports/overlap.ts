/** First and last port, both inclusive. */
export interface Range {
  readonly from: number
  readonly to: number
}

export function rangesOverlap(a: Range, b: Range): boolean {
  return a.from <= b.to && b.from <= a.to
}

/** Compares canonical host addresses: '' listens everywhere, `0.0.0.0` on every IPv4 address, `::` on every IPv6 address. */
export function addressesOverlap(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return true
  if (isIPv6(a) !== isIPv6(b)) return false
  return isWildcard(a) || isWildcard(b)
}

function isIPv6(address: string): boolean {
  return address.includes(':')
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || /^(?:0*:)*:?0*$/.test(address)
}

/** Strips brackets, shortens IPv6 (RFC 5952) and turns an IPv4 address inside IPv6 into IPv4; keeps any other text. */
export function canonicalAddress(address: string): string {
  if (address === '') return ''
  const bare = address.replace(/^\[(.*)\]$/, '$1')
  const url = `http://[${bare}]`
  // The URL parser rejects an address with a zone (fe80::1%eth0); it is compared as written.
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(bare) || !URL.canParse(url)) return bare
  const short = new URL(url).hostname.slice(1, -1)
  // Docker listens on IPv4 for it: Go's net.IP does not distinguish the two.
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)
  if (mapped === null) return short
  const words = mapped.slice(1).map((word) => Number.parseInt(word, 16))
  return words.flatMap((word) => [word >> 8, word & 255]).join('.')
}
