/** What to do about ports that no offset parts. */
import { follows, ownerName, type PortClaim } from './claim.js'

/** Where more claims than this collide, some stand for all. */
export const MOST_NAMED = 5

/** What helps against a collision, going by how its claims came about. */
export function collisionAdvice(claims: readonly PortClaim[]): string {
  const [first] = claims
  const alike = (claim: PortClaim): boolean =>
    first?.variable != null && claim.variable === first.variable && ownerName(claim) === ownerName(first)
  if (claims.every(alike)) return 'Give each service a port variable of its own in the Compose file.'
  if (claims.every(follows))
    return "Move their base ports apart in the features' templates, or set one of the variables in the product env."
  const fixed = claims.filter((claim) => !follows(claim))
  const places = [...new Set(fixed.map(({ file, line }) => `${file}:${line}`))]
  const advice: string[] = []
  if (places.length > 1) {
    const more = places.length > MOST_NAMED ? ', …' : ''
    advice.push(`Change one of them where it is stated: ${places.slice(0, MOST_NAMED).join(', ')}${more}.`)
  }
  if (fixed.some(({ outcome }) => outcome === 'literal'))
    advice.push(`An offset moves what a Compose file takes from a port variable: "\${WEB_HOST_PORT}:80".`)
  if (fixed.some(({ isScheme }) => isScheme))
    advice.push('For one of "ports:", state another scheme or base, or set the variable in the product env.')
  return advice.join(' ') || `Set ${first?.variable} to another port in one of the env files.`
}
