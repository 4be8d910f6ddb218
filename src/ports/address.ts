/** IP addresses in the one spelling in which they can be compared. */

/** Without brackets, IPv6 as short as it goes (RFC 5952), an IPv4 address inside IPv6 as IPv4; anything else as it is. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/^\[(.*)\]$/, '$1')
  const url = `http://[${bare}]`
  // An address with a zone (fe80::1%eth0) is none to the URL parser; it is compared as written.
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(bare) || !URL.canParse(url)) return bare
  const short = new URL(url).hostname.slice(1, -1)
  // Docker listens on IPv4 for it, as Go's net.IP makes no difference between the two.
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)
  if (mapped === null) return short
  const words = mapped.slice(1).map((word) => Number.parseInt(word, 16))
  return words.flatMap((word) => [word >> 8, word & 255]).join('.')
}
