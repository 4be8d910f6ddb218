import { distance } from 'fastest-levenshtein'

/** What to say to a name that is not known: the nearest one that is, or all of them. */
export function suggestion(
  name: string,
  known: readonly string[],
  kind: string,
  whose = "The workspace's",
): string {
  const far = (other: string): number => distance(name.toLowerCase(), other.toLowerCase())
  const [nearest] = [...known].sort((a, b) => far(a) - far(b))
  if (nearest === undefined) return `${whose} ${kind}: none yet.`
  if (far(nearest) <= Math.max(2, name.length / 3)) return `Did you mean ${nearest}?`
  return `${whose} ${kind} are: ${someOf(known)}.`
}

/** Names as people can still read them: not all of hundreds. */
export function someOf(names: readonly string[]): string {
  return `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
}
