import type { Command } from 'commander'
import type { Problem } from '../problem.js'
import { type Survey, survey } from '../workspace/survey.js'
import { checkProduct, type Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'
import { workspaceOf } from './program.js'

/** A workspace with what all its products claim; products are looked at together, since each may stand in another's way. */
export async function surveyWorkspace(
  host: Host,
  command: Command,
  names: readonly string[],
): Promise<{ workspace: Workspace; survey: Survey } | Problem[]> {
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return [workspace]
  const unknown = names.map((name) => checkProduct(workspace, name)).filter((problem) => problem !== null)
  if (unknown.length > 0) return unknown
  return { workspace, survey: await survey(workspace, workspace.products) }
}
