/** `feature list`: the features, and the products that use them. */
import { featuresJson, featuresLines } from '../report/features.js'
import { listFeatures } from '../tasks/features.js'
import { type Call, inWorkspace, styleOf } from './command.js'
import type { ExitCode } from './host.js'

export async function featureList(call: Call): Promise<ExitCode> {
  return inWorkspace(call, { features: [] }, async (workspace) => {
    const { features, problems } = await listFeatures(workspace)
    return {
      text: () => featuresLines(features, styleOf(call.host, 'stdout')),
      json: () => ({ features: featuresJson(features) }),
      problems,
    }
  })
}
