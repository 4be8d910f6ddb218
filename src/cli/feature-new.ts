/** `feature new`: creates a feature, and gives it to a product. */
import type { Command } from 'commander'
import { newFeatureLines } from '../report/new-feature.js'
import { isImage } from '../tasks/images.js'
import { newFeature } from '../tasks/new-feature.js'
import {
  isPort,
  joined,
  type OutputOptions,
  PORT_RANGE,
  print,
  styleOf,
  usageError,
  workspaceOf,
} from './command.js'
import type { ExitCode, Host } from './host.js'

export interface NewOptions extends OutputOptions {
  readonly port?: string
  readonly image?: string
  readonly containerPort?: string
  readonly addTo?: string
  readonly dryRun?: true
}

export async function featureNew(
  host: Host,
  command: Command,
  name: string,
  options: NewOptions,
): Promise<ExitCode> {
  const wrong = misuse(options)
  if (wrong !== null) return usageError(host, wrong)
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, NOTHING, [workspace])
  const { image, addTo, dryRun = false } = options
  const [port, containerPort] = [options.port, options.containerPort].map((text) =>
    text === undefined ? undefined : Number(text),
  )
  const { feature, problems } = await newFeature(workspace, name, {
    port,
    image,
    containerPort,
    addTo,
    dryRun,
  })
  if (feature === null) return print(host, options, NOTHING, problems)
  const style = styleOf(host, 'stdout')
  // Loaded lazily: only a dry run shows a diff.
  const diffs = dryRun ? (await import('../report/file-diff.js')).fileDiffs(feature.edits, style) : ''
  const lines = newFeatureLines(feature, { addTo, dryRun }, style)
  const text = () => `${joined(lines)}${dryRun ? '\n' : ''}${diffs}`
  return print(host, options, { ...NOTHING, text }, problems)
}

const NOTHING = { json: () => ({}) }

/** Returns what is wrong with the options; null if nothing is. */
function misuse({ port, containerPort, image }: NewOptions): string | null {
  if (port !== undefined && !isPort(port)) return `--port must be ${PORT_RANGE}`
  if (containerPort !== undefined && !isPort(containerPort)) return `--container-port must be ${PORT_RANGE}`
  if (image === undefined || isImage(image)) return null
  return `--image must be the name of an image, such as redis:7, not ${JSON.stringify(image)}`
}
