/** Warns of ports that a merge shares with other products and instances. */
import { join } from 'node:path'
import { ownerName } from '../claims/claim.js'
import { findCollisions } from '../claims/collisions.js'
import { type EnvPort, portsIn, SharedPorts, sharedText } from '../claims/shared-ports.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import type { ProductPlan } from '../merge/plan.js'
import { rangesOverlap } from '../ports/overlap.js'
import { type Problem, problem } from '../problem.js'
import { entriesIn } from '../workspace/files.js'
import { firstFile, readFile, type Workspace, withTexts } from '../workspace/workspace.js'

/** A merge of a thousand products would print thousands. */
const MOST_WARNINGS = 10

/** A product or instance that is merged, and another one that uses some of its ports. */
interface Pair {
  readonly plan: ProductPlan
  readonly product: string
  readonly owner: string
  readonly ports: readonly EnvPort[]
}

/** Warns of each port that several of the plans, or a plan and another env file, have: once a pair. */
export async function sharedPorts(workspace: Workspace, plans: readonly ProductPlan[]): Promise<Problem[]> {
  const planned = new Set(plans.map(({ file }) => file))
  // Without the settings of the other products, which take longer to read than a merge.
  const isPort = (key: string) => plans.some((plan) => plan.isPort(key))
  const shared = new SharedPorts()
  const products = new Map(plans.map((plan) => [ownerName(plan), plan.product]))
  for (const { file, product, instance } of await envFiles(workspace)) {
    if (planned.has(file)) continue
    const owner = ownerName({ product, instance })
    products.set(owner, product)
    const { text } = readFile(workspace, file)
    if (text !== null) shared.add(owner, portsIn(readEnv(parseEnv(text)).values, isPort))
  }
  const pairs = plans.flatMap((plan) => {
    const ports = portsIn(plan.values, plan.isPort)
    const found = shared.sharedWith(ports).map((each): Pair => {
      return { ...each, plan, product: products.get(each.owner) as string }
    })
    shared.add(ownerName(plan), ports)
    return found
  })
  const warnings = (await colliding(workspace, plans, pairs)).map(({ plan, owner, ports }) => {
    const [first] = ports as [EnvPort]
    const line = plan.doc.statements.findLast(({ key }) => key === first.key)?.line ?? 1
    const next = 'Run `product check --fix` to give one of them another offset.'
    return problem('collision', { file: plan.file, line }, sharedText(ports, owner), next)
  })
  const more = warnings.length - MOST_WARNINGS
  if (more <= 1) return warnings
  const message = `${more} more pairs of products have host ports in common`
  const next = 'Run `product check --fix` to give products other offsets.'
  return [...warnings.slice(0, MOST_WARNINGS), problem('collision', {}, message, next)]
}

/** Lists the env files of all products, and the overlays of their instances. */
async function envFiles(workspace: Workspace) {
  const files: { file: string; product: string; instance: string | null }[] = []
  for (const product of workspace.products) {
    const { folder, env, overlay } = workspace.layout.product(product)
    files.push({ file: env, product, instance: null })
    const names = entriesIn(join(workspace.root, folder), folder).entries.map(({ name }) => name)
    if (!names.some((name) => name.startsWith('.env.') && !workspace.layout.isTemplate(name))) continue
    const { instancesOf } = await import('../workspace/instances.js')
    for (const instance of instancesOf(workspace, product).names)
      files.push({ file: overlay(instance), product, instance })
  }
  return files
}

/** Returns the pairs that collide. Env files give no protocol, so where one is not TCP, the Compose files decide. */
async function colliding(
  workspace: Workspace,
  plans: readonly ProductPlan[],
  pairs: readonly Pair[],
): Promise<readonly Pair[]> {
  const { layout, features } = workspace
  const names = [...new Set(pairs.flatMap(({ plan, product }) => [plan.product, product]))]
  if (names.length === 0) return []
  const places = [...names.map(layout.product), ...features.map(layout.feature)]
  if (
    !places.some(({ composeFiles }) =>
      /\b(?:udp|sctp)\b/i.test(firstFile(workspace, composeFiles).text ?? ''),
    )
  )
    return pairs
  // Loaded lazily: it reads Compose files, which takes longer than a merge.
  const { surveyProducts } = await import('./survey.js')
  const { owners } = await surveyProducts(withTexts(workspace, plans), names)
  const claims = new Map(owners.map((owner) => [ownerName(owner), owner.claims]))
  return pairs.flatMap((pair) => {
    const one = claims.get(ownerName(pair.plan))
    const other = claims.get(pair.owner)
    // An overlay that is not written yet is not surveyed.
    if (one === undefined || other === undefined) return [pair]
    const collisions = findCollisions([...one, ...other]).filter((collision) => {
      return new Set(collision.claims.map(ownerName)).size > 1
    })
    const ports = pair.ports.filter((port) => collisions.some((collision) => rangesOverlap(collision, port)))
    return ports.length === 0 ? [] : [{ ...pair, ports }]
  })
}
