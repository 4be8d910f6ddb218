/** Reads all that a product's merge depends on. */

import { join, relative, resolve, sep } from 'node:path'
import { decode } from '../env/bytes.js'
import type { FeatureSource, ProductSource } from '../merge/source.js'
import { crc32Offset, type Offset } from '../ports/offset.js'
import { OWN_PORTS, ownPortsTemplate } from '../ports/own.js'
import { type Place, type Problem, problem } from '../problem.js'
import { FEATURES, featureFolder, productFile, productFolder } from './layout.js'
import { PRODUCT_SCHEMA, type ProductSettings } from './settings.js'
import {
  readComposeFile,
  readExample,
  readFile,
  readTemplate,
  readYaml,
  suggestion,
  type Workspace,
} from './workspace.js'

/** A product that has been read. */
export interface LoadedProduct {
  readonly source: ProductSource
  readonly settings: ProductSettings
  /** Its settings file, whether or not it is there. */
  readonly settingsFile: string
  /** Met on the way; with an error among them the source is not to be merged. */
  readonly problems: readonly Problem[]
}

/** Loads a product. @param name one of the workspace's products */
export async function loadProduct(workspace: Workspace, name: string): Promise<LoadedProduct> {
  const problems: Problem[] = []
  const stem = productFile(name, 'product')
  const {
    settings,
    file,
    lineOf,
    problems: bad,
  } = await readYaml<ProductSettings>(workspace, stem, PRODUCT_SCHEMA, problems)
  const stated = settings.features?.map((feature, index): NamedFeature => {
    return { feature, place: { file, line: lineOf('features', index) } }
  })
  // Of a file that cannot be read it is not known which features it names: those of others are not asked.
  const named =
    bad.length > 0
      ? []
      : (stated ?? (await includedFeatures(workspace, name, problems)) ?? allFeatures(workspace))
  const first = named.filter(
    ({ feature }, index) => named.findIndex((other) => other.feature === feature) === index,
  )
  const features = first.flatMap((each) => loadFeature(workspace, name, each, problems))
  const ports = ownPortsTemplate(settings.ports ?? {}, name, workspace.modulus)
  problems.push(
    ...ports.problems.map(({ key, message, next }) =>
      problem('bad-settings', { file, line: lineOf('ports', key) }, message, next),
    ),
  )
  const own: FeatureSource = {
    name: OWN_PORTS,
    hostDir: join(workspace.root, productFolder(name)),
    template: { file, doc: ports.doc, shifts: () => false, lineOf: (key) => lineOf('ports', key) },
  }
  const source: ProductSource = {
    name,
    offset: offsetOf(name, settings.offset, workspace.modulus),
    features: ports.doc.statements.length === 0 ? features : [own, ...features],
    allow: settings.allow ?? [],
    env: readFile(workspace, productFile(name, '.env'), problems),
    example: readExample(workspace, productFolder(name), problems),
  }
  return { source, settings, settingsFile: file, problems }
}

/** The offset of a product or instance: the one that `product.yaml` states, else that of its name. */
export function offsetOf(name: string, stated: number | undefined, modulus: number): Offset {
  return stated === undefined
    ? { value: crc32Offset(name, modulus), from: 'crc32' }
    : { value: stated, from: 'product.yaml' }
}

/** A feature, and where it is said that the product has it. */
interface NamedFeature {
  readonly feature: string
  readonly place: Place
}

function allFeatures({ features }: Workspace): NamedFeature[] {
  return features.map((feature) => ({ feature, place: { file: featureFolder(feature) } }))
}

function loadFeature(
  workspace: Workspace,
  product: string,
  { feature, place }: NamedFeature,
  problems: Problem[],
): FeatureSource[] {
  if (!workspace.features.includes(feature)) {
    const message = `product ${product} has a feature ${feature}, but there is no features/${feature}`
    const next = suggestion(feature, workspace.features, 'features')
    problems.push(problem('no-feature', place, message, next))
    return []
  }
  const found: Problem[] = []
  const template = readTemplate(workspace, feature, found)
  problems.push(...found)
  const hostDir = join(workspace.root, featureFolder(feature))
  return found.length > 0 ? [] : [{ name: feature, hostDir, template }]
}

/** The features that the product's Compose file includes, in order; null if it includes none. */
async function includedFeatures(
  workspace: Workspace,
  product: string,
  problems: Problem[],
): Promise<NamedFeature[] | null> {
  const { file, text } = readComposeFile(workspace, productFolder(product), problems)
  if (text === null || !text.includes('include')) return null
  const { includePaths } = await import('../compose/include.js')
  const includes = includePaths(decode(text), file)
  problems.push(...includes.problems)
  const folder = join(workspace.root, productFolder(product))
  const features = includes.entries.flatMap(({ paths, span }) =>
    paths.flatMap((path): NamedFeature[] => {
      // Which file a variable would lead to depends on the env file that is only to be made.
      if (path.includes('$')) return []
      const [parent, feature] = relative(workspace.root, resolve(folder, path)).split(sep)
      return parent === FEATURES && feature !== undefined
        ? [{ feature, place: { file, line: span.line } }]
        : []
    }),
  )
  return features.length === 0 ? null : features
}
