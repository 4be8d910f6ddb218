/** Surveys products: their claims of host ports, and the state of their env files. */
import type { PortClaim } from '../claims/claim.js'
import { claimsOf, type VariablePlace } from '../claims/claims.js'
import type { Owner } from '../claims/resolve.js'
import { gapProblems } from '../compose/gaps.js'
import type { ComposeProject } from '../compose/project.js'
import { lastingServices } from '../compose/started.js'
import { parseEnv } from '../env/document.js'
import { readEnv } from '../env/read.js'
import { planMerge } from '../merge/merge.js'
import { overlaySource } from '../merge/overlay.js'
import { changesFile, isOutdated, type ProductPlan } from '../merge/plan.js'
import { type PortReferences, portReferences } from '../merge/port-references.js'
import { findSections, type Section, splitCopySection } from '../merge/sections.js'
import type { ProductSource } from '../merge/source.js'
import { hasErrors, notRead, type Problem, problem, unique } from '../problem.js'
import { loadCompose, profilesOf } from '../workspace/compose.js'
import { type CopyPlace, copiesInstances, findCopy, isCheckout, isolatedPlace } from '../workspace/copies.js'
import { instancesOf, loadInstance } from '../workspace/instances.js'
import type { FeatureStack } from '../workspace/layout.js'
import { suggestion } from '../workspace/names.js'
import { type LoadedProduct, loadProduct } from '../workspace/product.js'
import { type Workspace, withTexts } from '../workspace/workspace.js'
import { type PlannedCopy, planProductCopy } from './copy.js'

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
  /** The Compose projects of features. */
  readonly stacks: readonly FeatureStack[]
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
    ? ownerOf(workspace, product, plan, null, { stopped, found: known })
    : await copyOwner(workspace, product, plan, place, known)
  const base = instances.names.length === 0 ? plan : refreshed(source, plan)
  const unmarked = own.unread.length > 0 ? [] : unknownMarks(product, own.claims)
  const others: SurveyedOwner[] = []
  for (const name of instances.names) {
    if (copiesInstances(workspace, settings, place)) {
      others.push(await copyOwner(workspace, product, plan, { name, kind: 'instance' }, known))
      continue
    }
    const loaded = loadInstance(workspace, product, name, base)
    const overlay = planMerge(overlaySource(source, base, loaded.instance))
    const instance = ownerOf(workspace, product, plan, overlay, {
      stopped: stopped || hasErrors(overlay.problems),
      found: [...problems, ...loaded.problems, ...overlay.problems],
    })
    others.push(instance)
  }
  return [{ ...own, problems: [...own.problems, ...unmarked] }, ...others]
}

/** Returns a problem for each name in `http:` of product.yaml that is not that of a port. */
function unknownMarks(
  { settings, settingsFile, lineOf }: LoadedProduct,
  claims: readonly PortClaim[],
): Problem[] {
  const known = [
    ...new Set(claims.flatMap(({ variable, service }) => [variable ?? [], service ?? []].flat())),
  ]
  const unknown = Object.keys(settings.http ?? {}).filter((name) => !known.includes(name))
  return unknown.map((name) => {
    const message = `http: has ${name}, which is neither a variable nor a service with a host port`
    const next = suggestion(name, known, 'ports', "The product's")
    return problem('unknown-port', { file: settingsFile, line: lineOf('http', name) }, message, next)
  })
}

/** Surveys a copy as its next merge writes it. */
async function copyOwner(
  workspace: Workspace,
  product: LoadedProduct,
  plan: ProductPlan,
  place: CopyPlace,
  known: readonly Problem[],
): Promise<SurveyedOwner> {
  const { copy, problems } = await planProductCopy(workspace, product, plan, place)
  const found = [...known, ...problems]
  const isIsolated = place.kind === 'isolated'
  if (copy === null) {
    const stopped = hasErrors(problems)
    // Without a Compose file, a checkout is not a copy.
    const own = stopped ? plan : planMerge(product.source)
    const owner = ownerOf(workspace, product, own, null, { stopped, found })
    return { ...owner, instance: stopped && !isIsolated ? place.name : null }
  }
  const later = withTexts(workspace, copy.files)
  const text = copy.files.find(({ file }) => file === copy.envFile)?.after ?? ''
  const doc = parseEnv(text)
  const merged = isIsolated ? { ...plan, doc, values: readEnv(doc).values } : plan
  const overlay = isIsolated ? null : planMerge(overlayOfCopy(product.source, plan, place.name, copy, text))
  const owner = ownerOf(later, product, merged, overlay, { stopped: false, found })
  const isMerged = copy.files.every(({ before, after }) => before === after)
  const shifted = (claim: PortClaim) => copyClaim(claim, copy, isMerged ? 'adjusted' : 'planned')
  if (isIsolated) {
    const claims = owner.claims.map((claim) => (claim.outcome === 'literal' ? shifted(claim) : claim))
    return { ...owner, plan, claims, state: isMerged || plan.before === null ? owner.state : 'incomplete' }
  }
  // Its override publishes every port, so a variable that no service publishes is not a claim.
  const published = owner.claims.filter(({ service }) => service !== null)
  const claims = published.map((claim) => (claim.outcome === 'random' ? claim : shifted(claim)))
  return { ...owner, claims, state: isMerged ? 'merged' : plan.before === null ? 'missing' : 'incomplete' }
}

/** A port that the override of a copy shifts. */
function copyClaim(claim: PortClaim, copy: PlannedCopy, outcome: 'adjusted' | 'planned'): PortClaim {
  const { from, to, address } = claim
  const { offset, offsetFrom } = copy
  return { ...claim, outcome, offset, offsetFrom, base: { from: from - offset, to: to - offset, address } }
}

/** The section of a copy, as an overlay without features. */
function overlayOfCopy(
  source: ProductSource,
  plan: ProductPlan,
  name: string,
  copy: PlannedCopy,
  text: string,
): ProductSource {
  const { section } = splitCopySection(text)
  // Blank lines keep the numbers of the section's lines.
  const lines = section === null ? '' : text.slice(0, section.start).replace(/[^\n]+/g, '') + section.text
  return {
    ...source,
    instance: name,
    offset: { value: copy.offset, from: copy.offsetFrom },
    features: [],
    env: { file: copy.envFile, text: lines },
    earlier: plan.values,
  }
}

/** The plan for overlays: an outdated port is the feature's, so an instance moves its current base port. */
function refreshed(source: ProductSource, plan: ProductPlan): ProductPlan {
  const current = planMerge(source, { refresh: true })
  return hasErrors(current.problems) ? plan : current
}

/** @param found the problems that are known before its Compose files are read */
function ownerOf(
  workspace: Workspace,
  { settings, http }: LoadedProduct,
  plan: ProductPlan,
  overlay: ProductPlan | null,
  { stopped, found }: { stopped: boolean; found: readonly Problem[] },
): SurveyedOwner {
  const plans = overlay === null ? [plan] : [plan, overlay]
  const values = overlay === null ? plan.values : readEnv(overlay.doc, new Map(), plan.values).values
  const places = placesIn(plans)
  const last = overlay ?? plan
  const references = portReferences(
    plans.map(({ doc }) => doc),
    plan.isPort,
  )
  const read = loadCompose(workspace, plan.product, values, places.get('COMPOSE_FILE'))
  const { directory, projectName, stacks } = read
  const projects = [...(read.compose === null ? [] : [read.compose]), ...stacks.map(({ compose }) => compose)]
  const compose = together(projects)
  const problems = [...found, ...read.problems, ...projects.flatMap((project) => project.problems)]
  const { layout, domain } = workspace
  const { http: own = {} } = settings
  const marks = { own, all: { ...http, ...own } }
  const { featureAt } = layout
  const claims = claimsOf({ plan, overlay, values, places, references, compose, featureAt, marks, domain })
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
    stacks,
    services: compose === null ? [] : lastingServices(compose, profilesOf(values)),
    // Gaps do not make a file unread.
    problems: [...problems, ...projects.flatMap(gapProblems)],
    unread: notRead(problems),
  }
}

/** Returns where the env files of some plans set each variable; the last file and line count. */
function placesIn(plans: readonly ProductPlan[]): Map<string, VariablePlace> {
  const places = new Map<string, VariablePlace>()
  for (const { file, doc, merged } of plans) {
    const { sections } = findSections(doc)
    let at = 0
    for (const { key, line, start } of doc.statements) {
      while (at < sections.length && (sections[at] as Section).end <= start) at += 1
      const { feature = '', untouched = false, start: from = start } = sections[at] ?? {}
      places.set(key, { file, line, merges: from < start && untouched && merged.includes(feature) })
    }
  }
  return places
}

/** Returns the services and ports of several Compose projects as one; null for none. */
function together(projects: readonly ComposeProject[]): ComposeProject | null {
  const [first, ...others] = projects
  if (first === undefined || others.length === 0) return first ?? null
  const files = projects.flatMap((project) => project.files)
  const services = projects.flatMap((project) => project.services)
  return { ...first, files, services, ports: projects.flatMap(({ ports }) => ports) }
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
