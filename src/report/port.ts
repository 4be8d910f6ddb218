/** One port: its owners, or how a name becomes a port, as text and as JSON. */
import type { NamedPort, PortOwners } from '../tasks/ports.js'
import { printable } from './escape.js'
import { portJson, portLines } from './ports.js'

export function whoisLines(
  { port, claims, decoded, now, unread }: PortOwners,
  width: number | null,
): string[] {
  const nobody = unread.length === 0 ? 'no product' : 'no product that was read'
  const owned = claims.map(({ file, line }) => `  set in ${file}:${line}`)
  const owners = claims.length > 0 ? ['', ...owned] : [`  ${nobody} claims ${port}`]
  const rest = [
    ...owners,
    ...decoded.map((line) => `  ${line}`),
    ...now.map((line) => `  now: ${line}`),
    ...unread.map((file) => `  not read: ${file}`),
  ]
  return [...(claims.length > 0 ? portLines(claims, null, width) : []), ...rest.map(printable)]
}

/** As JSON (docs/json.md). */
export function whoisJson({ port, claims, decoded, now, holders, unread }: PortOwners) {
  return { port, claims: claims.map((claim) => portJson(claim, null)), decoded, now, holders, unread }
}

export function namedPortLines({ steps, set, base }: NamedPort): string[] {
  if (set === null) return steps.map(printable)
  const { file, offset } = set
  return [...steps, `${file} sets another offset: ${base} + ${offset} = ${base + offset}`].map(printable)
}

/** As JSON (docs/json.md). */
export function namedPortJson({ name, scheme, port, steps, set }: NamedPort) {
  return { name, scheme, port, steps, stated: set?.offset ?? null, statedIn: set?.file ?? null }
}
