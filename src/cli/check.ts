/** `product check`: collisions and hazards of the workspace, and their repair. */
import type { Command } from 'commander'
import { checkAnnotations, checkJson, checkLines, NOTHING_CHECKED } from '../report/check.js'
import { checkWorkspace } from '../tasks/check.js'
import { fixCollisions } from '../tasks/fix-collisions.js'
import { openWorkspace } from '../workspace/workspace.js'
import { machineOf, type OutputOptions, print, styleOf, usageError, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export interface CheckOptions extends OutputOptions {
  readonly fix?: true
  readonly refresh?: true
  readonly dryRun?: true
  readonly strict?: true
  readonly live?: true
}

export async function check(
  host: Host,
  command: Command,
  names: readonly string[],
  options: CheckOptions,
): Promise<ExitCode> {
  const wrong = misuse(names, options)
  if (wrong !== null) return usageError(host, wrong)
  const nothing = { json: () => checkJson(NOTHING_CHECKED) }
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, nothing, [workspace])
  const { refresh = false, dryRun = false, live = false } = options
  const machine = machineOf(host)
  const fix = options.fix ? await fixCollisions(workspace, { refresh, dryRun, live, machine }) : null
  const current = fix?.written ? await openWorkspace(workspace.root) : workspace
  const checked = await checkWorkspace(current, { names, live, machine })
  const problems = [...checked.problems, ...(fix?.problems ?? [])]
  if (checked.check === null) return print(host, options, nothing, problems)
  const result = { ...checked.check, fix }
  const output = {
    text: () => checkLines(result, styleOf(host, 'stdout')),
    json: () => checkJson(result),
    annotations: () => checkAnnotations(result),
  }
  const exitCode = await print(host, options, output, problems)
  const { collisions, held, hazards } = result
  return collisions.length > 0 || held.length > 0 || (options.strict && hazards.length > 0) ? 1 : exitCode
}

/** Returns what is wrong with the options; null if nothing is. */
function misuse(names: readonly string[], { fix, refresh, dryRun }: CheckOptions): string | null {
  if (refresh && !fix) return '--refresh needs --fix'
  if (dryRun && !fix) return '--dry-run needs --fix'
  return fix && names.length > 0 ? '--fix needs all products: leave out the names' : null
}
