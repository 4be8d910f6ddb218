/** Finds products and instances with the same Compose project name, as when their names differ only in case. */
import { ownerName } from '../claims/claim.js'
import type { ProductPlan } from '../merge/plan.js'
import { type Problem, problem } from '../problem.js'
import { projectName } from '../workspace/compose.js'
import { overlayOf } from '../workspace/instances.js'
import type { Workspace } from '../workspace/workspace.js'
import { surveyProducts } from './survey.js'

interface Project {
  readonly product: string
  readonly instance: string | null
  readonly projectName: string
  /** The file that may set another name. */
  readonly plan: { readonly file: string }
}

/**
 * Returns a problem for each project name that several have.
 * @param isNamed at least one of them must be named in the run
 */
export function sameProjects<P extends Project>(
  projects: readonly P[],
  isNamed: (project: P) => boolean,
): Problem[] {
  const byName = new Map<string, P[]>()
  for (const project of projects) {
    const having = byName.get(project.projectName)
    if (having === undefined) byName.set(project.projectName, [project])
    else having.push(project)
  }
  return [...byName].flatMap(([name, having]) => {
    if (having.length === 1 || !having.some(isNamed)) return []
    const last = having.at(-1) as P
    const message = `${having.map(ownerName).join(', ')} have the same Compose project name, ${name}: \`up\` of one recreates the containers of another`
    return [problem('same-project', { file: last.plan.file }, message, otherName(last))]
  })
}

function otherName({ product, instance, plan }: Project): string {
  if (instance === null) return `Set another name in ${plan.file}: COMPOSE_PROJECT_NAME=…`
  return `Give the instance another name: product env ${product} --instance ${instance} --remove, then --merge with the new one; or change COMPOSE_PROJECT_NAME in ${plan.file}.`
}

/** Returns a problem for each new overlay whose project name is already used. */
export async function takenProjects(
  workspace: Workspace,
  overlays: readonly ProductPlan[],
): Promise<Problem[]> {
  const created = overlays.filter(
    ({ product, instance, after }) =>
      after !== null && instance !== null && overlayOf(workspace, product, instance).state !== 'ours',
  )
  if (created.length === 0) return []
  const { owners } = await surveyProducts(workspace)
  const projects = created.map((plan) => {
    return { ...plan, plan, projectName: projectName(workspace, plan.product, plan.values).name }
  })
  const problems = sameProjects<Project>([...owners, ...projects], (project) =>
    projects.some((each) => each === project),
  )
  const next = 'Give the instance another name, or set another COMPOSE_PROJECT_NAME for the product.'
  return problems.map((each) => ({ ...each, next }))
}
