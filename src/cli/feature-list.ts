/** `feature list`: the features, and the products that use them. */
import type { Command } from 'commander'
import { featuresJson, featuresLines } from '../report/features.js'
import { listFeatures } from '../tasks/features.js'
import { type OutputOptions, print, styleOf, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export async function featureList(host: Host, command: Command, options: OutputOptions): Promise<ExitCode> {
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, { json: () => ({ features: [] }) }, [workspace])
  const { features, problems } = await listFeatures(workspace)
  const output = {
    text: () => featuresLines(features, styleOf(host, 'stdout')),
    json: () => ({ features: featuresJson(features) }),
  }
  return print(host, options, output, problems)
}
