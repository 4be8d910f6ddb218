/** `feature new`: creates a feature, and gives it to a product. */
import { newFeatureJson, newFeatureLines } from '../report/new-feature.js'
import { isImage } from '../tasks/images.js'
import { newFeature } from '../tasks/new-feature.js'
import { type Call, inWorkspace, joined, type OutputOptions, styleOf, wrongUsage } from './command.js'
import type { ExitCode } from './host.js'

interface NewOptions extends OutputOptions {
  readonly port?: number
  readonly image?: string
  readonly containerPort?: number
  readonly addTo?: readonly string[]
  readonly dryRun?: true
}

export async function featureNew(call: Call<NewOptions>, name: string): Promise<ExitCode> {
  const { port, image, containerPort, dryRun = false } = call.options
  const addTo = [...new Set(call.options.addTo)]
  if (image !== undefined && !isImage(image))
    wrongUsage(call, `--image must be the name of an image, such as redis:7, not ${JSON.stringify(image)}`)
  return inWorkspace(call, {}, async (workspace) => {
    const task = { port, image, containerPort, addTo, dryRun }
    const { feature, problems } = await newFeature(workspace, name, task)
    if (feature === null) return { problems }
    const style = styleOf(call.host, 'stdout')
    // Loaded lazily: only a dry run shows a diff.
    const diffs = dryRun ? `\n${(await import('../report/diff.js')).fileDiffs(feature.edits, style)}` : ''
    return {
      text: () => `${joined(newFeatureLines(feature, { addTo, dryRun }, style))}${diffs}`,
      json: () => newFeatureJson(feature, !dryRun),
      problems,
    }
  })
}
