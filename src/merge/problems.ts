/** The problems that a plan finds by itself, in words. */
import { OWN_PORTS } from '../ports/own.js'
import { type Problem, problem } from '../problem.js'
import type { Candidate, Origin } from './candidates.js'
import type { ForwardReference } from './order.js'
import type { Entry } from './plan.js'
import { reservedReason } from './reserved.js'
import type { StrayMark } from './sections.js'

/** What to do where the proof fails for no reason that a user could give. */
export const OUR_FAULT =
  'Nothing was written. This is a fault of product-env: please report it with the template.'

export function strayMark(file: string, { feature, line }: StrayMark): Problem {
  const message = `this mark of the section ${feature} has no counterpart; the text around it counts as the product's own`
  return problem(
    'broken-section',
    { file, line },
    message,
    'Delete the mark, or leave it: nothing depends on it.',
  )
}

export function reserved({ key, origin, line }: Candidate, allow: readonly string[]): Problem[] {
  const reason = reservedReason(key)
  if (reason === null || allow.includes(key)) return []
  const { feature, file } = origin
  if (feature === OWN_PORTS) {
    const next = 'Give the port a variable of another name in "ports:".'
    return [problem('reserved-variable', { file, line }, `${key} ${reason}; it can be no port`, next)]
  }
  const next = `Remove it from the template, or add "allow: [${key}]" to product.yaml if feature ${feature} may do that.`
  return [problem('reserved-variable', { file, line }, `${key} ${reason}; a feature may not set it`, next)]
}

/** @param isLost whether what the reference came to, before a section was rewritten, would be lost */
export function forward(
  { key, name, origin, line, below }: ForwardReference,
  isLost: boolean,
  env: string,
): Problem {
  const place = { file: origin?.file ?? env, line }
  const next = wayOut(key, name, origin, below, env)
  if (isLost && origin !== null) {
    const message = `${key} refers to ${name}, which would be stated only further down, and would lose its value`
    return problem('dropped-in-use', place, message, next)
  }
  const message = `${key} refers to ${name}, which is set only further down: Compose reads it as empty there, but a container with env_file gets its value`
  return problem('forward-reference', place, message, next)
}

function wayOut(key: string, name: string, origin: Origin | null, below: Origin | null, env: string): string {
  if (origin === null) return `Move ${key} below ${name}, or ${name} above ${key}.`
  if (below === null) return `In ${env}, move ${name} above the section ${origin.feature}.`
  if (below.feature === origin.feature) return `Move ${name} above ${key} in the template.`
  const order = `Put ${below.feature} before ${origin.feature} in "features:" of product.yaml`
  return `${order}; if both have a section already, delete the two sections and merge again.`
}

export function conflict({ key, feature, file, line, first }: Entry): Problem {
  if (first?.feature === OWN_PORTS) {
    const message = `${key} of feature ${feature} differs from what "ports:" gives (${first.file}:${first.line}), which wins`
    const next = `Set ${key} in the product env, or take it out of "ports:" to have the feature's.`
    return problem('conflict', { file, line }, message, next)
  }
  const winner = `${first?.feature} (${first?.file}:${first?.line})`
  const message = `${key} of feature ${feature} differs from what ${winner} states first, which wins`
  const next = `Set ${key} in the product env, or put ${feature} before ${first?.feature} in "features:" of product.yaml.`
  return problem('conflict', { file, line }, message, next)
}
