/** Looks at many products at once: what each claims on the host. */

import { claimsOf, type StatedPlace } from '../claims/claims.js'
import type { Owner } from '../claims/resolve.js'
import { gapProblems } from '../compose/gaps.js'
import { readEnv } from '../env/read.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import type { ProductPlan } from '../merge/plan.js'
import { type PortReferences, portReferences } from '../merge/port-references.js'
import { findSections } from '../merge/sections.js'
import type { ProductSource } from '../merge/source.js'
import { isPortVariable } from '../ports/variable.js'
import { hasErrors, notRead, type Problem, unique } from '../problem.js'
import { loadCompose } from '../workspace/compose.js'
import { instancesOf, loadInstance } from '../workspace/instances.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'

/** What is known of a workspace's ports. */
export interface Survey {
  readonly products: readonly LoadedProduct[]
  /** Each product, followed by its instances. */
  readonly owners: readonly SurveyedOwner[]
  /** All of them. */
  readonly problems: readonly Problem[]
  /** The files that could not be read, so that products may claim more ports. */
  readonly unread: readonly string[]
}

/** An owner of ports, and what Compose calls its project. */
export interface SurveyedOwner extends Owner {
  readonly plan: ProductPlan
  readonly projectName: string
  /** Compose's project directory: relative to the workspace, or absolute. */
  readonly directory: string
  readonly references: PortReferences
  /** Whether its env file has variables of the tool's that no template states any more, so that a refresh drops them. */
  readonly stale: boolean
  /** What is wrong with what it is read from; of an instance, that includes its product. */
  readonly problems: readonly Problem[]
  /** The files that could not be read: not all of its ports are known. */
  readonly unread: readonly string[]
}

/**
 * Surveys products. What a product would claim after its next merge counts as claimed, so that a collision is seen
 * before it happens.
 */
export async function survey(workspace: Workspace, names: readonly string[]): Promise<Survey> {
  const products: LoadedProduct[] = []
  const owners: SurveyedOwner[] = []
  for (const name of names) {
    const product = await loadProduct(workspace, name)
    products.push(product)
    owners.push(...ownersOf(workspace, product))
  }
  const unread = [...notRead(workspace.problems), ...owners.flatMap((owner) => owner.unread)]
  return { products, owners, problems: problemsOf(workspace, owners), unread: [...new Set(unread)] }
}

/** What is wrong with some owners and with the workspace, each once. A folder with no name concerns only who asks for all. */
export function problemsOf(workspace: Workspace, owners: readonly SurveyedOwner[]): Problem[] {
  const isAll = new Set(owners.map(({ product }) => product)).size === workspace.products.length
  const general = workspace.problems.filter(({ code }) => isAll || code !== 'skipped-folder')
  return unique([...general, ...owners.flatMap(({ problems }) => problems)])
}

function ownersOf(workspace: Workspace, product: LoadedProduct): SurveyedOwner[] {
  const { source, settings } = product
  const plan = planMerge(source)
  const shared = [...product.problems, ...plan.problems]
  const { names, problems: unread } = instancesOf(workspace, source.name)
  const problems = [...shared, ...unread]
  const own = owner(workspace, plan, null, settings.offset !== undefined, problems)
  const base = names.length === 0 ? plan : refreshed(source, plan)
  const instances = names.map((name) => {
    const { instance, problems: found } = loadInstance(workspace, product, name, base)
    const problems = [...shared, ...found]
    const overlay = planMerge(overlaySource(source, base, instance))
    for (const each of overlay.problems) problems.push(each)
    const stated = settings.instances?.[name]?.offset !== undefined
    return owner(workspace, plan, overlay, stated, problems)
  })
  return [own, ...instances]
}

/**
 * The plan that overlays are looked at with. An outdated port is the feature's and not the product's own, so it is
 * today's base port that an instance moves.
 */
function refreshed(source: ProductSource, plan: ProductPlan): ProductPlan {
  const today = planMerge(source, { refresh: true })
  return hasErrors(today.problems) ? plan : today
}

function owner(
  workspace: Workspace,
  plan: ProductPlan,
  overlay: ProductPlan | null,
  stated: boolean,
  problems: Problem[],
): SurveyedOwner {
  const places = new Map<string, StatedPlace>()
  const plans = overlay === null ? [plan] : [plan, overlay]
  const docs = plans.map(({ doc }) => doc)
  const values = overlay === null ? plan.values : readEnv(overlay.doc, new Map(), plan.values).values
  for (const { file, doc, merged } of plans) {
    const rewritten = findSections(doc).sections.filter(
      ({ feature, untouched }) => untouched && merged.includes(feature),
    )
    for (const { key, line, start } of doc.statements) {
      const merges = rewritten.some((section) => section.start < start && start < section.end)
      places.set(key, { file, line, merges })
    }
  }
  const last = overlay ?? plan
  const templates = new Set(last.entries.map(({ key }) => key))
  const ownPorts = new Set(plan.entries.filter(({ ownPort }) => ownPort).map(({ key }) => key))
  const references = portReferences(docs, (key) => isPortVariable(key) || ownPorts.has(key))
  const read = loadCompose(workspace, plan.product, values, places.get('COMPOSE_FILE'))
  const { compose, directory, projectName } = read
  for (const each of [...read.problems, ...(compose?.problems ?? [])]) problems.push(each)
  const unread = notRead(problems)
  // A gap keeps nothing from being read.
  for (const each of compose === null ? [] : gapProblems(compose)) problems.push(each)
  const { layout } = workspace
  const source = { plan, overlay, values, places, references, compose, featureAt: layout.featureAt }
  const claims = claimsOf(source)
  return {
    product: plan.product,
    instance: overlay?.instance ?? null,
    offset: last.offset.value,
    stated,
    // The template of a project is its own.
    claims: layout.kind === 'project' ? claims.map((claim) => ({ ...claim, feature: null })) : claims,
    plan: last,
    references,
    stale: [...places].some(([key, { file, merges }]) => merges && file === last.file && !templates.has(key)),
    projectName,
    directory,
    problems,
    unread,
  }
}
