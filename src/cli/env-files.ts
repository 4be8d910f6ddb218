/** `product env --generate` and `product env --remove`. */
import { hasErrors } from '../problem.js'
import { generatedLines, removedLines } from '../report/env-files.js'
import { generateEnvs } from '../tasks/generate.js'
import { removeInstances } from '../tasks/remove.js'
import { machineOf, type Result } from './command.js'
import type { EnvJob } from './env.js'

export async function generate({ workspace, options, names }: EnvJob): Promise<Result> {
  const { all: skip = false, dryRun = false } = options
  const { products, problems } = await generateEnvs(workspace, names, { skip, dryRun })
  return {
    text: () => generatedLines(products, hasErrors(problems)),
    json: () => ({ products }),
    problems,
  }
}

export async function remove({ host, workspace, options, names, instance }: EnvJob): Promise<Result> {
  const { all: skip = false, dryRun = false } = options
  const machine = machineOf(host)
  const { removed, problems } = await removeInstances(workspace, names, instance, { skip, dryRun, machine })
  return {
    text: () => (hasErrors(problems) ? [] : removedLines(removed, instance, dryRun)),
    json: () => ({ removed }),
    problems,
  }
}
