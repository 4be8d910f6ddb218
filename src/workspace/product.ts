/** Reads all sources of a product's merge. */
import { basename, join } from 'node:path'
import type { WebMarks } from '../claims/web.js'
import { parseEnv } from '../env/document.js'
import { withoutOffset } from '../merge/local-offset.js'
import { textFromExample } from '../merge/placeholder.js'
import { environmentOf, splitCopySection } from '../merge/sections.js'
import type { FeatureSource, ProductSource } from '../merge/source.js'
import { crc32Offset, type Offset } from '../ports/offset.js'
import { OWN_PORTS, ownPortsTemplate } from '../ports/own.js'
import { isPortVariable } from '../ports/variable.js'
import { hasErrors, type Place, type Problem, problem } from '../problem.js'
import { readFromOriginal } from './copies.js'
import { featureDrift } from './feature-drift.js'
import { includedFeatures, productIncludes } from './included-features.js'
import type { Declared, Environment, NamedFeature } from './layout.js'
import { checkProduct, suggestion } from './names.js'
import { portsOfProduct } from './port-variables.js'
import type { Settings } from './read-settings.js'
import { PRODUCT_SCHEMA, type ProductSettings } from './settings.js'
import { unreadFiles } from './unread.js'
import {
  firstFile,
  readFeatureSettings,
  readFile,
  readTemplate,
  readYaml,
  type Workspace,
} from './workspace.js'

export interface LoadedProduct {
  readonly source: ProductSource
  readonly settings: ProductSettings
  /** The settings file, whether or not it exists. */
  readonly settingsFile: string
  readonly lineOf: Settings<ProductSettings>['lineOf']
  /** The ports that the settings of the features mark as HTTP; the first feature wins. */
  readonly http: WebMarks
  /** With an error, the source must not be merged. */
  readonly problems: readonly Problem[]
}

/** Loads a product. An unknown one has an empty source and a problem. */
export async function loadProduct(workspace: Workspace, name: string): Promise<LoadedProduct> {
  const unknown = checkProduct(workspace, name)
  if (unknown !== null) return notLoaded(workspace, name, unknown)
  const places = workspace.layout.product(name)
  const raw = readFile(workspace, places.env)
  const env = { ...raw, text: raw.text === null ? null : splitCopySection(raw.text).text }
  const isMissing = raw.text === null && raw.problems.length === 0
  // A worktree starts with the values of the main one, which git does not bring along.
  const original = isMissing ? readFromOriginal(workspace, places.env) : null
  const environment = workspace.environment ?? environmentOf(env.text ?? original?.text ?? '')
  const template = firstFile(workspace, places.templates(environment))
  const example =
    original === null
      ? template
      : { ...original, text: withoutOffset(splitCopySection(original.text ?? '').text) }
  const read = await readYaml<ProductSettings>(workspace, places.settings, PRODUCT_SCHEMA)
  const { settings, file, lineOf } = read
  const start = env.text === null ? example : env
  const text = env.text ?? textFromExample(example.text ?? '', name)
  const declared = await workspace.layout.declared?.(name, start.file, text)
  if (declared !== undefined) workspace.stacks.set(name, declared.stacks)
  // An unreadable file lists no features, so the product is not assumed to have all of them.
  const named = hasErrors(read.problems)
    ? { features: [], problems: [] }
    : await namedFeatures(workspace, name, read, text, declared)
  const features: LoadedFeature[] = []
  for (const each of named.features) features.push(await loadFeature(workspace, name, each, environment))
  const ports = ownPortsTemplate(settings.ports ?? {}, name, workspace.modulus)
  const own: FeatureSource = {
    name: OWN_PORTS,
    hostDir: join(workspace.root, places.folder),
    template: { file, doc: ports.doc, shifts: () => false, lineOf: (key) => lineOf('ports', key) },
  }
  const sources = [...(declared?.variables ?? []), ...features.flatMap(({ source }) => source ?? [])]
  const isProject = workspace.layout.kind === 'project'
  // A new product env starts with the text of the template.
  const isStart = env.text === null && original === null
  if (places.mergesExample && template.text !== null && !isStart) {
    // The product's own ports stay as they are.
    const doc = parseEnv(template.text)
    sources.unshift({
      name,
      hostDir: join(workspace.root, places.folder),
      template: { file: template.file, doc, shifts: () => false, isDecision: true },
    })
  }
  const ownPorts = new Set(ports.doc.statements.map(({ key }) => key))
  const plain: ProductSource = {
    name,
    offset:
      isProject && settings.offset === undefined
        ? { value: 0, from: 'original' }
        : offsetOf(name, settings.offset, workspace.modulus, { file, line: lineOf('offset') }),
    isPort: (key) => isPortVariable(key) || ownPorts.has(key),
    features: ports.doc.statements.length === 0 ? sources : [own, ...sources],
    allow: settings.allow ?? [],
    env,
    example,
  }
  const lists = [
    { patterns: [...workspace.portVariables, ...(settings.portVariables ?? [])], feature: null },
    ...features.flatMap(({ portVariables = [], source }) =>
      source === null ? [] : { patterns: portVariables, feature: source },
    ),
  ]
  // The original of a project keeps its ports.
  const isPort = isProject ? plain.isPort : await portsOfProduct(workspace, plain, lists)
  const source = { ...plain, isPort }
  const problems = [
    ...unreadFiles(workspace, places.folder),
    ...env.problems,
    ...example.problems,
    ...read.problems,
    ...named.problems,
    ...features.flatMap((feature) => feature.problems),
    ...ports.problems.map(({ key, message, next }) =>
      problem('bad-settings', { file, line: lineOf('ports', key) }, message, next),
    ),
  ]
  const http = Object.assign({}, ...features.map((feature) => feature.http ?? {}).reverse())
  return { source, settings, settingsFile: file, lineOf, http, problems }
}

/** Reads nothing: the name may lead out of the workspace. */
function notLoaded({ layout }: Workspace, name: string, unknown: Problem): LoadedProduct {
  const { env, newTemplate, settings } = layout.product('-')
  const source: ProductSource = {
    name,
    offset: { value: 0, from: 'crc32' },
    isPort: isPortVariable,
    features: [],
    allow: [],
    env: { file: env, text: null },
    example: { file: newTemplate, text: null },
  }
  return {
    source,
    settings: {},
    settingsFile: settings[0] as string,
    lineOf: () => 1,
    http: {},
    problems: [unknown],
  }
}

/** Returns the offset of a product or instance. @param set the one in `product.yaml` */
export function offsetOf(name: string, set: number | undefined, modulus: number, place?: Place): Offset {
  return set === undefined
    ? { value: crc32Offset(name, modulus), from: 'crc32' }
    : { value: set, from: 'product.yaml', place }
}

/** The features that the product's settings list, else those that its Compose files include, else all; each once. */
async function namedFeatures(
  workspace: Workspace,
  product: string,
  { settings, file, lineOf }: Awaited<ReturnType<typeof readYaml<ProductSettings>>>,
  env: string,
  declared: Declared | undefined,
): Promise<{ features: readonly NamedFeature[]; problems: readonly Problem[] }> {
  const listed = settings.features?.map((feature, index) => {
    return { feature, place: { file, line: lineOf('features', index) } }
  })
  const { fixed } = workspace.layout
  if (declared !== undefined) {
    const place = { file, line: lineOf('features') }
    const misplaced =
      listed === undefined || fixed === undefined
        ? []
        : [problem('bad-settings', place, fixed.message, 'Remove features: from this file.')]
    return { ...declared, problems: [...declared.problems, ...misplaced] }
  }
  const includes = listed === undefined ? await productIncludes(workspace, product, env) : null
  const all = () =>
    workspace.features.map((feature) => ({
      feature,
      place: { file: workspace.layout.feature(feature).folder },
    }))
  const named = listed ?? (includes && includedFeatures(includes)) ?? all()
  const first = new Map<string, NamedFeature>()
  for (const each of named) if (!first.has(each.feature)) first.set(each.feature, each)
  const features = [...first.values()]
  const isListed = listed !== undefined && workspace.layout.kind === 'workspace'
  const drift = isListed ? await featureDrift(workspace, product, file, features, env) : []
  return { features, problems: includes?.problems ?? drift }
}

interface LoadedFeature {
  /** Null if the feature does not exist or cannot be read. */
  readonly source: FeatureSource | null
  readonly portVariables?: readonly string[] | undefined
  readonly http?: WebMarks | undefined
  readonly problems: readonly Problem[]
}

async function loadFeature(
  workspace: Workspace,
  product: string,
  { feature, place }: NamedFeature,
  environment: Environment | null,
): Promise<LoadedFeature> {
  const { folder, hostDir, newTemplate } = workspace.layout.feature(feature)
  if (!workspace.features.includes(feature)) {
    const message = `Product ${product} has a feature ${feature}, but ${folder} does not exist`
    const next = suggestion(feature, workspace.features, 'features')
    return { source: null, problems: [problem('no-feature', place, message, next)] }
  }
  const { template, problems } = readTemplate(workspace, feature, environment)
  const { settings, problems: misfits } = await readFeatureSettings(workspace, feature)
  const { portVariables, http } = settings
  const unread = [...unreadFiles(workspace, folder), ...misfits]
  if (problems.length > 0) return { source: null, problems: [...problems, ...unread] }
  const [section = feature, version] = feature.split('@')
  const source = { name: section, ...(version === undefined ? {} : { version }), hostDir, template }
  if (template !== null || workspace.layout.hasOtherFiles)
    return { source, portVariables, http, problems: unread }
  const next = `Create ${newTemplate}, or remove the feature from the product.`
  const message = `Feature ${feature} has no ${basename(newTemplate)}`
  return {
    source,
    portVariables,
    http,
    problems: [problem('no-template', { file: folder }, message, next), ...unread],
  }
}
