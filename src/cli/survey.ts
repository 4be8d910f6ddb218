import type { Command } from 'commander'
import type { Problem } from '../problem.js'
import { problemsOf, type Survey, survey as surveyProducts } from '../tasks/survey.js'
import { checkProduct } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'
import { type Named, parseOwner, unknownInstance } from './owners.js'
import { workspaceOf } from './program.js'

/** A workspace with what all its products claim, and which of them the command is about. */
export interface Surveyed {
  readonly workspace: Workspace
  readonly survey: Survey
  /** Whether a product, an instance, or a claim of one, is among those that are named; without names all are. */
  readonly wanted: (owner: Named) => boolean
}

/** What is wrong with those that the command is about. */
export function problemsOfWanted({ workspace, survey, wanted }: Surveyed): Problem[] {
  return problemsOf(workspace, survey.owners.filter(wanted))
}

/**
 * Products are looked at together, since each may stand in another's way.
 * @param names of products and instances, as typed
 * @returns the problems if there is no workspace, or no product or instance of a name
 */
export async function surveyWorkspace(
  host: Host,
  command: Command,
  names: readonly string[],
): Promise<Surveyed | Problem[]> {
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return [workspace]
  const named = names.map(parseOwner)
  const problems = (found: readonly (Problem | null)[]) => found.filter((problem) => problem !== null)
  const unknown = problems(named.map(({ product }) => checkProduct(workspace, product)))
  if (unknown.length > 0) return [...workspace.problems, ...unknown]
  const survey = await surveyProducts(workspace, workspace.products)
  const missing = problems(named.map((each) => unknownInstance(survey.owners, each)))
  if (missing.length > 0) return [...survey.problems, ...missing]
  const wanted = (owner: Named): boolean =>
    named.length === 0 ||
    named.some(
      ({ product, instance }) =>
        product === owner.product && (instance === null || instance === owner.instance),
    )
  return { workspace, survey, wanted }
}
