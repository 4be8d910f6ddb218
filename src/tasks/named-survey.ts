/** Surveys the products and instances that a command line names. */
import { type Problem, problem } from '../problem.js'
import { badInstanceName, checkProduct, suggestion } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import { problemsOf, type Survey, surveyProducts } from './survey.js'

/** A product, or one instance of it. */
export interface OwnerName {
  readonly product: string
  /** Null for the product itself. */
  readonly instance: string | null
}

export interface NamedSurvey {
  /** Null if a name is not known. */
  readonly survey: Survey | null
  /** Returns true for a named product or instance, and for its claims; without names, for all. */
  readonly isNamed: (owner: OwnerName) => boolean
  /** Those of the workspace, and of the products and instances that are named. */
  readonly problems: readonly Problem[]
}

/**
 * Surveys all products, as any of them may collide with those that are named.
 * @param names a product with its instances (`shop`), without them (`shop@`), or one instance (`shop@blue`); none for all
 */
export async function surveyNamed(workspace: Workspace, names: readonly string[]): Promise<NamedSurvey> {
  const named = names.map((name) => {
    const { product, instance } = parseOwner(name)
    return { product, instance: instance || null, isWhole: instance === null }
  })
  const isNamed = (owner: OwnerName): boolean =>
    named.length === 0 ||
    named.some(
      ({ product, instance, isWhole }) =>
        product === owner.product && (isWhole || instance === owner.instance),
    )
  const unknown = named.flatMap(({ product }) => checkProduct(workspace, product) ?? [])
  if (unknown.length > 0) return { survey: null, isNamed, problems: [...workspace.problems, ...unknown] }
  const survey = await surveyProducts(workspace)
  const problems = problemsOf(workspace, survey.owners.filter(isNamed))
  const missing = named.flatMap((each) => unknownInstance(survey.owners, each) ?? [])
  return { survey: missing.length > 0 ? null : survey, isNamed, problems: [...problems, ...missing] }
}

/** Names of products and instances contain no `@`. */
export function parseOwner(text: string): OwnerName {
  const at = text.indexOf('@')
  return at === -1
    ? { product: text, instance: null }
    : { product: text.slice(0, at), instance: text.slice(at + 1) }
}

export function unknownInstance(
  owners: readonly OwnerName[],
  { product, instance }: OwnerName,
): Problem | null {
  const known = owners.flatMap((owner) => (owner.product === product ? (owner.instance ?? []) : []))
  if (instance === null || known.includes(instance)) return null
  const next = suggestion(instance, known, 'instances', "The product's")
  const message = `Product ${product} has no instance ${instance}`
  return badInstanceName(instance) ?? problem('no-instance', {}, message, next)
}
