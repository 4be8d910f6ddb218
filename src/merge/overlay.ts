/**
 * The overlay of an instance: an env file with only the variables that differ, which Compose reads after the product env:
 *
 *     docker compose --env-file .env --env-file .env.blue up
 *
 * It is merged from a template that is generated here.
 */
import { basename } from 'node:path'
import { encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import type { Offset } from '../ports/offset.js'
import { formatPort } from '../ports/value.js'
import { type BasePort, type InstanceOverrides, instanceOverrides } from './instance-overrides.js'
import { readOffset } from './local-offset.js'
import type { ProductPlan } from './plan.js'
import { composeProjectName, PROJECT } from './project-name.js'
import type { ProductSource, TextSource } from './source.js'

export interface InstanceSource {
  readonly name: string
  readonly offset: Offset
  /** `.env.<instance>` as it is. */
  readonly overlay: TextSource
  /** Compose's name of the product's own project. */
  readonly projectName: string
}

/** Returns the name of an overlay's section. */
export function overlaySection(product: string, instance: string): string {
  return `${product}@${instance}`
}

/**
 * Returns the source from which `planMerge` plans an overlay.
 * @param plan the product's own plan, without errors
 * @param given the offset that the overlay is to set
 */
export function overlaySource(
  source: ProductSource,
  plan: ProductPlan,
  instance: InstanceSource,
  given?: number,
): ProductSource {
  const { doc, values } = plan
  // The name of a folder such as `__` is empty; Compose refuses the product's own project then.
  const base = composeProjectName(instance.projectName) || composeProjectName(source.name)
  const project = `${base}-${composeProjectName(instance.name)}`
  const { file, text: old } = instance.overlay
  const { offset } = readOffset(old ?? '', file, instance.offset, given)
  const differences = instanceOverrides(plan, offset.value, new Map([[PROJECT, project]]))
  const text = overlayTemplate(source, instance, project, differences)
  const moving = new Set(differences.ports.keys())
  for (const { key, text } of differences.following) if (typeof text !== 'string') moving.add(key)
  const lines = new Map(doc.statements.map(({ key, line }) => [key, line]))
  return {
    name: source.name,
    instance: instance.name,
    offset: instance.offset,
    isPort: source.isPort,
    allow: [PROJECT],
    env: instance.overlay,
    example: { file: source.example.file, text: null },
    earlier: values,
    features: [
      {
        name: overlaySection(source.name, instance.name),
        hostDir: '',
        template: {
          file: source.env.file,
          doc: parseEnv(text),
          isOwn: true,
          shifts: (key) => moving.has(key),
          noRoom: (key, most) => noRoom(instance.name, key, most),
          lineOf: (key) => lines.get(key) ?? 1,
        },
      },
    ],
  }
}

function noRoom(instance: string, key: string, most: number): string {
  if (most < 0) return `Lower ${key} in the product env: it is not a valid port.`
  return `Set an offset of at most ${most} in product.yaml: instances: { ${instance}: { offset: ${most} } }.`
}

function overlayTemplate(
  { name: product, env }: ProductSource,
  instance: InstanceSource,
  project: string,
  { ports, following }: InstanceOverrides,
): string {
  const lines = [
    `# ${instance.name}: another instance of ${product} on the same host. Start it in the product's folder with`,
    `#   docker compose --env-file ${basename(env.file)} --env-file .env.${instance.name} up`,
    '',
    `${PROJECT}=${project}`,
  ]
  const set = (key: string, { port, from }: BasePort) =>
    lines.push('', `# Base port of ${from}`, `${encode(key)}=${formatPort(port)}`)
  for (const [key, base] of ports) set(key, base)
  if (following.length > 0) lines.push('', '# Variables that refer to the ports above')
  for (const { key, text } of following) {
    if (typeof text === 'string') lines.push(`${encode(key)}=${text}`)
    else set(key, text)
  }
  return `${lines.join('\n')}\n`
}
