/** Names of products, features and instances. */
import { distance } from 'fastest-levenshtein'
import { type Problem, problem } from '../problem.js'
import { NAME_PATTERN } from './layout.js'
import type { Workspace } from './workspace.js'

const NAME = new RegExp(NAME_PATTERN)

export const NAMES_ARE =
  'Names consist of letters, digits, ".", "_" and "-", and start with a letter or digit.'

export function isName(name: string): boolean {
  return NAME.test(name)
}

export function badName(name: string, kind: 'product' | 'feature' | 'instance'): Problem {
  return problem('bad-name', {}, `${JSON.stringify(name)} is not a valid ${kind} name`, NAMES_ARE)
}

export function checkProduct({ products }: Workspace, name: string): Problem | null {
  if (products.includes(name)) return null
  if (!isName(name)) return badName(name, 'product')
  return problem('no-product', {}, `Product ${name} does not exist`, suggestion(name, products, 'products'))
}

export function checkFeature({ features }: Workspace, name: string): Problem | null {
  if (features.includes(name)) return null
  if (!isName(name)) return badName(name, 'feature')
  return problem('no-feature', {}, `Feature ${name} does not exist`, suggestion(name, features, 'features'))
}

/** Returns a problem if features and products of the workspace are not created or changed by this tool. */
export function fixedWorkspace({ layout }: Workspace): Problem | null {
  const { fixed } = layout
  return fixed === undefined ? null : problem('no-workspace', {}, fixed.message, fixed.next)
}

/** Returns a problem if the workspace is a Compose project on its own. */
export function withoutFeatures(workspace: Workspace): Problem | null {
  return workspace.layout.kind === 'project' ? fixedWorkspace(workspace) : null
}

export function badInstanceName(name: string): Problem | null {
  if (!isName(name)) return badName(name, 'instance')
  if (!/(?:^|\.)example$/.test(name)) return null
  const next = 'Give the instance another name: --instance blue.'
  return problem('bad-name', {}, `.env.${name} is a template, so no instance can be called ${name}`, next)
}

/** Suggests the nearest known name, or lists them. */
export function suggestion(
  name: string,
  known: readonly string[],
  kind: string,
  whose = "The workspace's",
): string {
  const plain = (each: string) => each.toLowerCase().replace(/@.*/, '')
  const far = (other: string): number => distance(plain(name), plain(other))
  const [nearest] = [...known].sort((a, b) => far(a) - far(b))
  if (nearest === undefined) return `${whose.replace(/'s$/, '')} has no ${kind} yet.`
  if (far(nearest) <= Math.max(2, name.length / 3)) return `Did you mean ${nearest}?`
  return `${whose} ${kind} are: ${someOf(known)}.`
}

export function someOf(names: readonly string[]): string {
  return `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
}
