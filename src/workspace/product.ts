/** Reads all that a product's merge depends on. */

import { basename, join } from 'node:path'
import { environmentOf } from '../merge/sections.js'
import type { FeatureSource, ProductSource } from '../merge/source.js'
import { crc32Offset, type Offset } from '../ports/offset.js'
import { OWN_PORTS, ownPortsTemplate } from '../ports/own.js'
import { type Place, type Problem, problem } from '../problem.js'
import { includedFeatures, type NamedFeature } from './included-features.js'
import type { Environment } from './layout.js'
import { PRODUCT_SCHEMA, type ProductSettings } from './settings.js'
import { suggestion } from './suggestion.js'
import { unreadFiles } from './unread.js'
import { checkProduct, firstFile, readFile, readTemplate, readYaml, type Workspace } from './workspace.js'

/** A product that has been read. */
export interface LoadedProduct {
  readonly source: ProductSource
  readonly settings: ProductSettings
  /** Its settings file, whether or not it is there. */
  readonly settingsFile: string
  /** Met on the way; with an error among them the source is not to be merged. */
  readonly problems: readonly Problem[]
}

/**
 * Loads a product.
 * @returns it; where the workspace has no product of that name, a source without anything in it, and a problem
 */
export async function loadProduct(workspace: Workspace, name: string): Promise<LoadedProduct> {
  const problems: Problem[] = []
  const unknown = checkProduct(workspace, name)
  if (unknown !== null) return notLoaded(workspace, name, unknown)
  const places = workspace.layout.product(name)
  problems.push(...unreadFiles(workspace, places.folder))
  const env = readFile(workspace, places.env, problems)
  const environment = workspace.environment ?? environmentOf(env.text ?? '')
  const example = firstFile(workspace, places.templates(environment), problems)
  const {
    settings,
    file,
    lineOf,
    problems: bad,
  } = await readYaml<ProductSettings>(workspace, places.settings, PRODUCT_SCHEMA, problems)
  const stated = settings.features?.map((feature, index): NamedFeature => {
    return { feature, place: { file, line: lineOf('features', index) } }
  })
  // Of a file that cannot be read it is not known which features it names: those of others are not asked.
  const named =
    bad.length > 0
      ? []
      : (stated ??
        (await includedFeatures(workspace, name, env.text ?? example.text ?? '', problems)) ??
        allFeatures(workspace))
  const first = new Map<string, NamedFeature>()
  for (const each of named) if (!first.has(each.feature)) first.set(each.feature, each)
  const known = new Set(workspace.features)
  const features = [...first.values()].flatMap((each) => {
    return known.has(each.feature)
      ? loadFeature(workspace, each.feature, environment, problems)
      : noFeature(workspace, name, each, problems)
  })
  const ports = ownPortsTemplate(settings.ports ?? {}, name, workspace.modulus)
  problems.push(
    ...ports.problems.map(({ key, message, next }) =>
      problem('bad-settings', { file, line: lineOf('ports', key) }, message, next),
    ),
  )
  const own: FeatureSource = {
    name: OWN_PORTS,
    hostDir: join(workspace.root, places.folder),
    template: { file, doc: ports.doc, shifts: () => false, lineOf: (key) => lineOf('ports', key) },
  }
  const source: ProductSource = {
    name,
    offset: offsetOf(name, settings.offset, workspace.modulus, { file, line: lineOf('offset') }),
    features: ports.doc.statements.length === 0 ? features : [own, ...features],
    allow: settings.allow ?? [],
    env,
    example,
  }
  return { source, settings, settingsFile: file, problems }
}

/** What stands in for a product that there is not: nothing is read, as the name may lead out of the workspace. */
function notLoaded({ layout }: Workspace, name: string, unknown: Problem): LoadedProduct {
  const { env, templates, settings } = layout.product('-')
  const source: ProductSource = {
    name,
    offset: { value: 0, from: 'crc32' },
    features: [],
    allow: [],
    env: { file: env, text: null },
    example: { file: templates(null)[0] as string, text: null },
  }
  return { source, settings: {}, settingsFile: settings[0] as string, problems: [unknown] }
}

/** The offset of a product or instance: the one that `product.yaml` states, else that of its name. */
export function offsetOf(name: string, stated: number | undefined, modulus: number, place?: Place): Offset {
  return stated === undefined
    ? { value: crc32Offset(name, modulus), from: 'crc32' }
    : { value: stated, from: 'product.yaml', place }
}

function allFeatures({ features, layout }: Workspace): NamedFeature[] {
  return features.map((feature) => ({ feature, place: { file: layout.feature(feature).folder } }))
}

function noFeature(
  { features, layout }: Workspace,
  product: string,
  { feature, place }: NamedFeature,
  problems: Problem[],
): [] {
  const message = `Product ${product} has a feature ${feature}, but ${layout.feature(feature).folder} does not exist`
  problems.push(problem('no-feature', place, message, suggestion(feature, features, 'features')))
  return []
}

function loadFeature(
  workspace: Workspace,
  feature: string,
  environment: Environment | null,
  problems: Problem[],
): FeatureSource[] {
  const found: Problem[] = []
  const { folder, hostDir, templates } = workspace.layout.feature(feature)
  const template = readTemplate(workspace, feature, environment, found)
  if (template === null && found.length === 0) {
    const [file = ''] = templates(null)
    const next = `Create ${file}, or remove the feature from the product.`
    problems.push(
      problem('no-template', { file: folder }, `Feature ${feature} has no ${basename(file)}`, next),
    )
  }
  problems.push(...found, ...unreadFiles(workspace, folder))
  return found.length > 0 ? [] : [{ name: feature, hostDir, template }]
}
