/** Surveys products: their claims of host ports, and the state of their env files. */
import type { PortClaim } from '../claims/claim.js'
import { claimsOf, type VariablePlace } from '../claims/claims.js'
import type { Owner } from '../claims/resolve.js'
import { gapProblems } from '../compose/gaps.js'
import { lastingServices } from '../compose/started.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { changesFile, isOutdated, type ProductPlan } from '../merge/plan.js'
import { type PortReferences, portReferences } from '../merge/port-references.js'
import { findSections, splitCopySection } from '../merge/sections.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, notRead, type Problem, unique } from '../problem.js'
import { loadCompose, profilesOf } from '../workspace/compose.js'
import { type CopyPlace, copiesInstances, findCopy, isCheckout, isolatedPlace } from '../workspace/copies.js'
import { instancesOf, loadInstance } from '../workspace/instances.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { type Workspace, withTexts } from '../workspace/workspace.js'
import { planProductCopy } from './copy.js'

export interface Survey {
  readonly products: readonly LoadedProduct[]
  /** Each product, followed by its instances. */
  readonly owners: readonly SurveyedOwner[]
  readonly problems: readonly Problem[]
  /** The files that could not be read, so that products may claim more ports. */
  readonly unread: readonly string[]
}

export interface SurveyedOwner extends Owner {
  readonly plan: ProductPlan
  /** What a merge would do: nothing because of an error, create the file, add to it, refresh it, or nothing. */
  readonly state: 'stopped' | 'missing' | 'incomplete' | 'outdated' | 'merged'
  readonly projectName: string
  /** Compose's project directory: relative to the workspace, or absolute. */
  readonly directory: string
  /** The services that run after a plain `docker compose up`. */
  readonly services: readonly string[]
  readonly references: PortReferences
  /** Those of an instance include those of its product. */
  readonly problems: readonly Problem[]
  /** The files that could not be read, so that it may claim more ports. */
  readonly unread: readonly string[]
}

/** Surveys products. Ports of the next merge count as claimed, so that a collision is found before it happens. */
export async function surveyProducts(
  workspace: Workspace,
  names: readonly string[] = workspace.products,
): Promise<Survey> {
  const products: LoadedProduct[] = []
  for (const name of names) products.push(await loadProduct(workspace, name))
  const owners: SurveyedOwner[] = []
  for (const product of products) owners.push(...(await ownersOf(workspace, product)))
  const unread = [...notRead(workspace.problems), ...owners.flatMap((owner) => owner.unread)]
  return { products, owners, problems: problemsOf(workspace, owners), unread: [...new Set(unread)] }
}

/** Returns the problems of the workspace and of some owners, each once. A skipped folder concerns only a run for all products. */
export function problemsOf(workspace: Workspace, owners: readonly SurveyedOwner[]): Problem[] {
  const isAll = new Set(owners.map(({ product }) => product)).size === workspace.products.length
  const general = workspace.problems.filter(({ code }) => isAll || code !== 'skipped-folder')
  return unique([...general, ...owners.flatMap(({ problems }) => problems)])
}

async function ownersOf(workspace: Workspace, product: LoadedProduct): Promise<SurveyedOwner[]> {
  const { source, settings } = product
  const found = findCopy(workspace, source.name) ?? isolatedPlace(workspace, product)
  const plan = planMerge({ ...source, isCopy: isCheckout(found) })
  const problems = [...product.problems, ...plan.problems]
  const stopped = hasErrors(problems)
  const instances = instancesOf(workspace, source.name)
  const known = [...problems, ...instances.problems]
  const place = stopped ? null : found
  const isOriginal = place === null || 'code' in place
  const own = isOriginal
    ? ownerOf(workspace, plan, null, { stopped, found: known })
    : await copyOwner(workspace, product, plan, place, known)
  const base = instances.names.length === 0 ? plan : refreshed(source, plan)
  const others: SurveyedOwner[] = []
  for (const name of instances.names) {
    if (copiesInstances(workspace, settings, place)) {
      others.push(await copyOwner(workspace, product, plan, { name, kind: 'instance' }, known))
      continue
    }
    const loaded = loadInstance(workspace, product, name, base)
    const overlay = planMerge(overlaySource(source, base, loaded.instance))
    const instance = ownerOf(workspace, plan, overlay, {
      stopped: stopped || hasErrors(overlay.problems),
      found: [...problems, ...loaded.problems, ...overlay.problems],
    })
    others.push(instance)
  }
  return [own, ...others]
}

/** Surveys a copy as its next merge writes it. */
async function copyOwner(
  workspace: Workspace,
  product: LoadedProduct,
  plan: ProductPlan,
  place: CopyPlace,
  found: readonly Problem[],
): Promise<SurveyedOwner> {
  const { source } = product
  const isIsolated = place.kind === 'isolated'
  const { copy, problems } = await planProductCopy(workspace, product, plan, place)
  if (copy === null) {
    const stopped = hasErrors(problems)
    // Without a Compose file, a checkout is not a copy.
    const own = stopped ? plan : planMerge(source)
    const owner = ownerOf(workspace, own, null, { stopped, found: [...found, ...problems] })
    return { ...owner, instance: stopped && !isIsolated ? place.name : null }
  }
  const { envFile, files, offset, offsetFrom } = copy
  const text = files.find(({ file }) => file === envFile)?.after ?? ''
  const later = withTexts(workspace, files)
  const isMerged = files.every(({ before, after }) => before === after)
  const outcome = isMerged ? ('adjusted' as const) : ('planned' as const)
  const moved = (claim: PortClaim): PortClaim => {
    const { from, to, address } = claim
    return { ...claim, outcome, offset, offsetFrom, base: { from: from - offset, to: to - offset, address } }
  }
  if (isIsolated) {
    const doc = parseEnv(text)
    const merged = { ...plan, doc, values: readEnv(doc).values }
    const owner = ownerOf(later, merged, null, { stopped: false, found: [...found, ...problems] })
    const claims = owner.claims.map((claim) => (claim.outcome === 'literal' ? moved(claim) : claim))
    return { ...owner, plan, claims, state: isMerged || plan.before === null ? owner.state : 'incomplete' }
  }
  const { section } = splitCopySection(text)
  // Blank lines keep the numbers of the section's lines.
  const lines = section === null ? '' : text.slice(0, section.start).replace(/[^\n]+/g, '') + section.text
  const overlay = planMerge({
    ...source,
    instance: place.name,
    offset: { value: offset, from: offsetFrom },
    features: [],
    env: { file: envFile, text: lines },
    earlier: plan.values,
  })
  const owner = ownerOf(later, plan, overlay, { stopped: false, found: [...found, ...problems] })
  // Its override publishes every port, so a variable that no service publishes is not a claim.
  const published = owner.claims.filter(({ service }) => service !== null)
  const claims = published.map((claim) => (claim.outcome === 'random' ? claim : moved(claim)))
  return { ...owner, claims, state: isMerged ? 'merged' : plan.before === null ? 'missing' : 'incomplete' }
}

/** The plan for overlays: an outdated port is the feature's, so an instance moves its current base port. */
function refreshed(source: ProductSource, plan: ProductPlan): ProductPlan {
  const current = planMerge(source, { refresh: true })
  return hasErrors(current.problems) ? plan : current
}

/** @param found the problems that are known before its Compose files are read */
function ownerOf(
  workspace: Workspace,
  plan: ProductPlan,
  overlay: ProductPlan | null,
  { stopped, found }: { stopped: boolean; found: readonly Problem[] },
): SurveyedOwner {
  const places = new Map<string, VariablePlace>()
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
  const references = portReferences(docs, plan.isPort)
  const read = loadCompose(workspace, plan.product, values, places.get('COMPOSE_FILE'))
  const { compose, directory, projectName } = read
  const problems = [...found, ...read.problems, ...(compose?.problems ?? [])]
  const { layout } = workspace
  const source = { plan, overlay, values, places, references, compose, featureAt: layout.featureAt }
  const claims = claimsOf(source)
  return {
    product: plan.product,
    instance: overlay?.instance ?? null,
    offset: last.offset.value,
    offsetFrom: last.offset.from,
    claims: layout.kind === 'project' ? claims.map(projectClaim) : claims,
    plan: last,
    state: stopped ? 'stopped' : stateOf(last, places),
    references,
    projectName,
    directory,
    services: compose === null ? [] : lastingServices(compose, profilesOf(values)),
    // Gaps do not make a file unread.
    problems: compose === null ? problems : [...problems, ...gapProblems(compose)],
    unread: notRead(problems),
  }
}

/** The template of a project is its own, and the original keeps its ports. */
function projectClaim(claim: PortClaim): PortClaim {
  return { ...claim, feature: null, outcome: claim.outcome === 'random' ? 'random' : 'pinned' }
}

/** @param places where its env files set each variable */
function stateOf(plan: ProductPlan, places: ReadonlyMap<string, VariablePlace>): SurveyedOwner['state'] {
  if (plan.before === null) return 'missing'
  if (changesFile(plan)) return 'incomplete'
  const templates = new Set(plan.entries.map(({ key }) => key))
  const isStale = [...places].some(
    ([key, { file, merges }]) => merges && file === plan.file && !templates.has(key),
  )
  return isStale || plan.entries.some(isOutdated) ? 'outdated' : 'merged'
}
