/** Products and instances as projects of Compose, which knows them by their names only. */
import { dirname, resolve } from 'node:path'
import { ownerName } from '../claims/claim.js'
import type { Container } from '../live/container.js'
import type { Machine } from '../live/machine.js'
import { containersOf, type Stack } from '../live/stack.js'
import { type Problem, problem } from '../problem.js'
import type { Workspace } from '../workspace/workspace.js'
import type { SurveyedOwner } from './survey.js'

/** What Compose knows of a product or instance. */
type Project = Pick<SurveyedOwner, 'product' | 'instance' | 'projectName' | 'directory'> &
  Partial<Pick<SurveyedOwner, 'stacks'>>

export function stackOf({ root }: Workspace, project: Project): Stack {
  const { product, instance, projectName, directory, stacks = [] } = project
  const others = stacks.map(({ project, file }) => ({ project, directory: resolve(root, dirname(file)) }))
  return { product, instance, project: projectName, directory: resolve(root, directory), others }
}

/** Returns a problem for each project that was started from another folder, so that `up` would take over its containers. */
export async function startedElsewhere(
  workspace: Workspace,
  projects: readonly Project[],
  machine: Machine,
): Promise<Problem[]> {
  const engine = await machine.engine()
  return projects.flatMap((each) => {
    const [other] = containersOf(stackOf(workspace, each), machine, engine).elsewhere
    return other === undefined ? [] : takenOver(workspace, each, other.container)
  })
}

function takenOver(
  { layout }: Workspace,
  { product, instance }: Project,
  { project, directory }: Container,
): Problem {
  const { env } = layout.product(product)
  const message = `Compose project ${project} was started from ${directory}: \`up\` here would take over its containers`
  const name =
    instance === null
      ? `Make this a copy: product env --merge ${product} --as NAME`
      : 'Give this one another name'
  const next = `${name}. Or remove those containers: docker compose -p ${project} down`
  return problem('project-elsewhere', { file: env }, message, next)
}

/** Returns a problem for each project that has containers. @param projects whose files are removed */
export async function containersLeft(
  workspace: Workspace,
  projects: readonly (Project & { readonly plan: { readonly file: string } })[],
  machine: Machine,
): Promise<Problem[]> {
  const engine = await machine.engine()
  return projects.flatMap((each) => {
    const { length } = containersOf(stackOf(workspace, each), machine, engine).own
    if (length === 0) return []
    const message = `${ownerName(each)} still has containers: ${length} of Compose project ${each.projectName}`
    const next = `Remove them: docker compose -p ${each.projectName} down`
    return [problem('containers-left', { file: each.plan.file }, message, next)]
  })
}
