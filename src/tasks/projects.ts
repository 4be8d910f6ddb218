/**
 * Compose projects: each product and each instance needs one of its own. Of two with the same name, `up` of one
 * recreates the containers of the other. Names differ and project names don't, since Compose knows small letters only.
 */

import { ownerName } from '../claims/claim.js'
import type { ProductPlan } from '../merge/plan.js'
import { type Problem, problem } from '../problem.js'
import { projectName } from '../workspace/compose.js'
import { overlayOf } from '../workspace/instances.js'
import type { Workspace } from '../workspace/workspace.js'
import { survey } from './survey.js'

/** A product or instance, with what Compose calls it. */
interface Project {
  readonly product: string
  readonly instance: string | null
  readonly projectName: string
  /** Where another name may be stated. */
  readonly plan: { readonly file: string }
}

/**
 * A problem for each project name that several have.
 * @param projects all there are
 * @param concerns which of them are asked for: names that none of these has are passed over
 */
export function sameProjects<P extends Project>(
  projects: readonly P[],
  concerns: (project: P) => boolean,
): Problem[] {
  const byName = new Map<string, P[]>()
  for (const project of projects) {
    const having = byName.get(project.projectName)
    if (having === undefined) byName.set(project.projectName, [project])
    else having.push(project)
  }
  return [...byName].flatMap(([name, having]) => {
    if (having.length === 1 || !having.some(concerns)) return []
    const last = having.at(-1) as P
    const message = `${having.map(ownerName).join(', ')} have the same Compose project name, ${name}: \`up\` of one recreates the containers of another`
    return [problem('same-project', { file: last.plan.file }, message, otherName(last))]
  })
}

function otherName({ product, instance, plan }: Project): string {
  if (instance === null) return `State another name in ${plan.file}: COMPOSE_PROJECT_NAME=…`
  return `Give the instance another name: product env ${product} --instance ${instance} --remove, then --merge with the new one; or change COMPOSE_PROJECT_NAME in ${plan.file}.`
}

/** A problem for each overlay that is about to be made and whose project name another has already. */
export async function takenProjects(
  workspace: Workspace,
  overlays: readonly ProductPlan[],
): Promise<Problem[]> {
  const added = overlays.filter(
    ({ product, instance, after }) =>
      after !== null && instance !== null && overlayOf(workspace, product, instance).state !== 'ours',
  )
  if (added.length === 0) return []
  const { owners } = await survey(workspace, workspace.products)
  const projects = added.map((plan) => {
    return { ...plan, plan, projectName: projectName(workspace, plan.product, plan.values).name }
  })
  const problems = sameProjects<Project>([...owners, ...projects], (project) =>
    projects.some((each) => each === project),
  )
  const next = 'Give the instance another name, or the product another COMPOSE_PROJECT_NAME.'
  return problems.map((each) => ({ ...each, next }))
}
