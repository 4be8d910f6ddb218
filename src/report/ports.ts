/** The host ports of products, as a table and as JSON. */
import { claimPorts, ownerName, type PortClaim } from '../claims/claim.js'
import { LOCAL_OFFSET } from '../ports/offset.js'
import { rangeText } from '../ports/value.js'
import type { Live } from '../tasks/live.js'
import { printable } from './escape.js'
import { type Column, tableLines } from './table.js'

/** Returns who uses the ports of a claim right now. */
type Use = Live['use']

const COLUMNS: readonly Column[] = [
  { title: 'product', shrinks: true },
  { title: 'feature', shrinks: true },
  { title: 'variable', shrinks: true },
  { title: 'base', align: 'right' },
  { title: 'offset', align: 'right' },
  { title: 'host', align: 'right' },
  { title: 'outcome' },
  { title: 'url' },
]

export function portLines(claims: readonly PortClaim[], live: Use | null, width: number | null): string[] {
  const columns = live === null ? COLUMNS : [...COLUMNS, { title: 'now' }]
  return tableLines(
    columns,
    claims.map((claim) => {
      const { feature, variable, service, base, offset, offsetFrom } = claim
      const cells = [
        ownerName(claim),
        feature ?? '-',
        variable ?? `(${service}, no variable)`,
        base === null ? '' : rangeText(base),
        offset === null ? '' : offsetText(offset, offsetFrom),
        hostText(claim),
        claim.outcome,
        claim.web?.url ?? '',
      ]
      return (live === null ? cells : [...cells, live(claim)?.text ?? '']).map(printable)
    }),
    width,
  )
}

/** A claim as JSON (docs/json.md). */
export function portJson(claim: PortClaim, live: Use | null) {
  const { product, instance, feature, variable, service, base, offset, offsetFrom } = claim
  const { address, from, to, protocol, target, outcome, profiles, web, file, line } = claim
  const by = { product, instance, feature, variable, service, base, offset, offsetFrom }
  const shown = { ...by, address, from, to, protocol }
  const use = live?.(claim)
  const now = live === null ? {} : { now: use?.text ?? null, holders: use?.holders ?? [] }
  const http = { http: web !== null, https: web?.scheme === 'https', scheme: web?.scheme ?? null }
  const opened = {
    ...http,
    path: web?.path ?? null,
    front: web?.isFront ?? false,
    guessedFrom: web?.guessedFrom ?? null,
  }
  const place = { file, line, url: web?.url ?? null }
  return { ...shown, outcome, containerPort: target, profiles, ...opened, ...place, ...now }
}

/** `+591`, `+250 (set)` in product.yaml, or `+99 (local)` on this machine. */
export function offsetText(offset: number, from: PortClaim['offsetFrom']): string {
  return `+${offset}${from === 'product.yaml' ? ' (set)' : from === LOCAL_OFFSET ? ' (local)' : ''}`
}

/** `127.0.0.1:8080/udp`: the ports, with any address, and any protocol other than TCP. */
export function hostText(claim: PortClaim): string {
  const { address, protocol } = claim
  const host = address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`
  return `${host}${claimPorts(claim)}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

/** The services that a browser can open, each with its URL. */
export function urlLines(claims: readonly PortClaim[]): string[] {
  const urls = claims.flatMap((claim) => {
    const url = claim.web?.url ?? null
    return url === null ? [] : [{ url, service: claim.service ?? '' }]
  })
  const width = Math.max(...urls.map(({ service }) => service.length))
  return urls.map(({ service, url }) => printable(`  ${service.padEnd(width)}  ${url}`))
}
