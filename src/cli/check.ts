/** `product check`: collisions and hazards of the workspace, and their repair. */
import { checkAnnotations, checkJson, checkLines, NOTHING_CHECKED } from '../report/check.js'
import { checkWorkspace } from '../tasks/check.js'
import { fixCollisions } from '../tasks/fix-collisions.js'
import { reopen } from '../workspace/workspace.js'
import {
  type Call,
  inWorkspace,
  machineOf,
  type OutputOptions,
  requireOneOf,
  styleOf,
  wrongUsage,
} from './command.js'
import type { ExitCode } from './host.js'

interface CheckOptions extends OutputOptions {
  readonly fix?: true
  readonly refresh?: true
  readonly dryRun?: true
  readonly strict?: true
  readonly live?: true
}

export async function check(call: Call<CheckOptions>, names: readonly string[]): Promise<ExitCode> {
  const { host, options } = call
  for (const option of ['refresh', 'dryRun']) requireOneOf(call, option, ['fix'])
  if (options.fix && names.length > 0)
    wrongUsage(call, '--fix works on all products, so it cannot be used with names')
  const { refresh = false, dryRun = false, live = false, strict = false } = options
  return inWorkspace(call, checkJson(NOTHING_CHECKED), async (workspace) => {
    const machine = machineOf(host)
    const fix = options.fix ? await fixCollisions(workspace, { refresh, dryRun, live, machine }) : null
    const current = fix?.written ? await reopen(workspace) : workspace
    const checked = await checkWorkspace(current, { names, live, machine })
    const problems = [...checked.problems, ...(fix?.problems ?? [])]
    if (checked.check === null) return { problems }
    const result = { ...checked.check, fix }
    const { collisions, held, hazards } = result
    return {
      text: () => checkLines(result, styleOf(host, 'stdout')),
      json: () => checkJson(result),
      annotations: () => checkAnnotations(result),
      problems,
      isFailing: collisions.length + held.length > 0 || (strict && hazards.length > 0),
    }
  })
}
