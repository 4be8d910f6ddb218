/** `product env --generate` and `product env --remove`. */
import { hasErrors } from '../problem.js'
import { generatedLines, removedLines } from '../report/env-files.js'
import { generateEnvs } from '../tasks/generate.js'
import { removeInstances } from '../tasks/remove.js'
import { print } from './command.js'
import type { EnvRun } from './env.js'
import type { ExitCode } from './host.js'

export async function generate({ host, workspace, options, names }: EnvRun): Promise<ExitCode> {
  const { products, problems } = await generateEnvs(workspace, names, { skip: options.all ?? false })
  const output = {
    text: () => generatedLines(products, hasErrors(problems)),
    json: () => ({ products }),
  }
  return print(host, options, output, problems)
}

export async function remove({ host, workspace, options, names, instance }: EnvRun): Promise<ExitCode> {
  const skip = options.all ?? false
  const { removed, problems } = await removeInstances(workspace, names, instance, { skip })
  const output = {
    text: () => (hasErrors(problems) ? [] : removedLines(removed, instance)),
    json: () => ({ removed }),
  }
  return print(host, options, output, problems)
}
