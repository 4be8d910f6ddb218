/** The features of a workspace, as text and as JSON. */
import { formatPort } from '../ports/value.js'
import type { Feature } from '../tasks/features.js'
import { printable } from './escape.js'
import { blocks, row } from './lines.js'
import type { Style } from './style.js'

export function featuresLines(features: readonly Feature[], style: Style): string[] {
  if (features.length === 0) return ['The workspace has no features yet. Create one: feature new redis']
  return blocks(features.map((feature) => featureLines(feature, style)))
}

function featureLines({ name, variables, services, products }: Feature, style: Style): string[] {
  const ports = variables.flatMap(({ key, base }) => (base === null ? [] : [`${key} ${formatPort(base)}`]))
  const others = variables.filter(({ base }) => base === null).map(({ key }) => key)
  const images = services.map(({ name: service, image }) =>
    image === undefined ? service : `${service} (${image.text})`,
  )
  const rows: [string, readonly string[]][] = [
    ['ports', ports],
    ['variables', others],
    ['services', images],
    ['products', products.length === 0 ? ['none'] : products],
  ]
  const filled = rows.filter(([, values]) => values.length > 0)
  return [
    style.bold(printable(name)),
    ...filled.map(([title, values]) => row(title, printable(values.join(', ')), style, 11)),
  ]
}

/** As JSON (docs/json.md). */
export function featuresJson(features: readonly Feature[]) {
  return features.map(({ name, template, composeFile, variables, services, products }) => ({
    feature: name,
    template,
    composeFile,
    variables: variables.map(({ key, line, base }) => ({
      key,
      line,
      base: base === null ? null : formatPort(base),
    })),
    services: services.map(({ name: service, image }) => ({ service, image: image?.text ?? null })),
    products,
  }))
}
