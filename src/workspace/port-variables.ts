/** The port variables of a product, beside those with one of the three suffixes. */
import { planMerge } from '../merge/merge.js'
import type { FeatureSource, ProductSource } from '../merge/source.js'
import { type IsPort, PUBLISHED_WORD, portTest } from '../ports/variable.js'
import type { Workspace } from './workspace.js'

/** A list of `portVariables:`, and the feature whose own variables it is for; null for all variables. */
interface PortList {
  readonly patterns: readonly string[]
  readonly feature: FeatureSource | null
}

/** Returns the test for the port variables of a product. @param source with only the names that need no settings */
export async function portsOfProduct(
  workspace: Workspace,
  source: ProductSource,
  lists: readonly PortList[],
): Promise<IsPort> {
  const given = lists.filter(({ patterns }) => patterns.length > 0)
  const published = given.some(({ patterns }) => patterns.includes(PUBLISHED_WORD))
    ? await publishedIn(workspace, source)
    : new Set<string>()
  const tests = given.map(({ patterns, feature }): IsPort => {
    const isPort = portTest(patterns, published)
    if (feature === null) return isPort
    const keys = new Set(feature.template?.doc.statements.map(({ key }) => key))
    return (key) => keys.has(key) && isPort(key)
  })
  return (key) => source.isPort(key) || tests.some((isPort) => isPort(key))
}

async function publishedIn(workspace: Workspace, source: ProductSource): Promise<ReadonlySet<string>> {
  // Loaded lazily: a plain merge never reads Compose files.
  const { loadCompose } = await import('./compose.js')
  const { publishedVariables } = await import('../compose/published-variables.js')
  const { doc, values } = planMerge(source)
  const { compose } = loadCompose(workspace, source.name, values)
  return compose === null ? new Set() : publishedVariables(compose, { file: source.env.file, doc })
}
