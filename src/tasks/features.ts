/** Lists the features of a workspace: the variables and services of each, and the products that use it. */
import type { Service } from '../compose/project.js'
import { portsOfFeature } from '../compose/published-variables.js'
import { readEnv } from '../env/read.js'
import { refusalProblem } from '../env/refusal.js'
import { featurePlaceholders, resolvePlaceholders } from '../merge/placeholder.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import { type IsPort, isPortVariable } from '../ports/variable.js'
import type { Problem } from '../problem.js'
import { readComposeProject } from '../workspace/compose.js'
import { withoutFeatures } from '../workspace/names.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { unreadFiles } from '../workspace/unread.js'
import { onlyFile, readFeatureSettings, readTemplate, type Workspace } from '../workspace/workspace.js'

interface FeatureVariable {
  readonly key: string
  readonly line: number
  /** The base port; null if the variable is not a port variable, or its value not a port. */
  readonly base: PortValue | null
}

export interface Feature {
  readonly name: string
  /** Null if it has none. */
  readonly template: string | null
  /** Null if it has none. */
  readonly composeFile: string | null
  /** In the order of the template, each once. */
  readonly variables: readonly FeatureVariable[]
  /** Those of its Compose file, and of the files that it includes. */
  readonly services: readonly Service[]
  /** The names of the products that have it. */
  readonly products: readonly string[]
}

export interface FeatureList {
  readonly features: readonly Feature[]
  readonly problems: readonly Problem[]
}

export async function listFeatures(workspace: Workspace): Promise<FeatureList> {
  const useless = withoutFeatures(workspace)
  if (useless !== null) return { features: [], problems: [useless] }
  const products: LoadedProduct[] = []
  for (const name of workspace.products) products.push(await loadProduct(workspace, name))
  const { features, problems } = await readFeatures(workspace, products)
  return {
    features,
    problems: [...workspace.problems, ...products.flatMap((product) => product.problems), ...problems],
  }
}

/** Reads every feature. @param products all of the workspace's */
export async function readFeatures(
  workspace: Workspace,
  products: readonly LoadedProduct[],
): Promise<FeatureList> {
  const users = new Map<string, string[]>()
  for (const { source } of products) {
    for (const { name, version } of source.features) {
      const feature = version === undefined ? name : `${name}@${version}`
      users.set(feature, [...(users.get(feature) ?? []), source.name])
    }
  }
  const read = await Promise.all(
    workspace.features.map((name) => readFeature(workspace, name, users.get(name) ?? [])),
  )
  return {
    features: read.map(({ feature }) => feature),
    problems: read.flatMap(({ problems }) => problems),
  }
}

async function readFeature(
  workspace: Workspace,
  name: string,
  products: readonly string[],
): Promise<{ readonly feature: Feature; readonly problems: readonly Problem[] }> {
  const { folder, hostDir, composeFiles } = workspace.layout.feature(name)
  const { template, problems: unread } = readTemplate(workspace, name, workspace.environment)
  const placeholders = featurePlaceholders('__PRODUCT__', hostDir)
  const reading = template === null ? null : readEnv(template.doc)
  const values = new Map(
    [...(reading?.values ?? [])].map(([key, value]) => [key, resolvePlaceholders(value, placeholders)]),
  )
  const compose = onlyFile(workspace, composeFiles)
  const project = compose.text === null ? null : readComposeProject(workspace, [compose.file], values)
  const { settings, problems: misfits } = await readFeatureSettings(workspace, name)
  const patterns = [...workspace.portVariables, ...(settings.portVariables ?? [])]
  const isPort = template === null ? isPortVariable : portsOfFeature(patterns, () => project, template)
  return {
    feature: {
      name,
      template: template?.file ?? null,
      composeFile: compose.text === null ? null : compose.file,
      variables: variablesOf(template?.doc.statements ?? [], values, isPort),
      services: project?.services ?? [],
      products,
    },
    problems: [
      ...unreadFiles(workspace, folder),
      ...unread,
      ...(reading?.refusals ?? []).map((refusal) => refusalProblem(template?.file ?? '', refusal)),
      ...compose.problems,
      ...misfits,
      ...(project?.problems ?? []),
    ],
  }
}

function variablesOf(
  statements: readonly { readonly key: string; readonly line: number }[],
  values: ReadonlyMap<string, string>,
  isPort: IsPort,
): FeatureVariable[] {
  // The last of equal keys counts.
  const last = new Map(statements.map(({ key, line }) => [key, line]))
  return [...last].map(([key, line]) => {
    const port = isPort(key) ? parsePortValue(values.get(key) ?? '') : 'empty'
    return { key, line, base: typeof port === 'string' ? null : port }
  })
}
