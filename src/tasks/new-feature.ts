/** Creates a feature, and adds it to a product. */
import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { BasePortRules, type UsedPort } from '../claims/base-port.js'
import { follows, ownerName, type PortClaim } from '../claims/claim.js'
import { encode } from '../env/bytes.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveInNewFolders } from '../save/save-all.js'
import { badName, checkProduct, fixedWorkspace, isName } from '../workspace/names.js'
import { type Workspace, withTexts } from '../workspace/workspace.js'
import { addFeature, type Edit, withFiles } from './add-feature.js'
import { savesOf } from './changes.js'
import { composeText, portVariable, templateText, variablePrefix } from './feature-files.js'
import { type Feature, readFeatures } from './features.js'
import { type Image, imageFor } from './images.js'
import { type Survey, surveyProducts } from './survey.js'

export interface NewFeatureTask {
  /** The base port; otherwise the best free one. */
  readonly port?: number | undefined
  /** The image of its service; otherwise a well-known one of the feature's name. */
  readonly image?: string | undefined
  /** The port that the service listens on; known for well-known images. */
  readonly containerPort?: number | undefined
  /** Products that get the feature. */
  readonly addTo?: readonly string[] | undefined
  /** Plans only, and writes nothing. */
  readonly dryRun?: boolean | undefined
}

export interface NewFeature {
  readonly name: string
  /** Its port variable. */
  readonly variable: string
  readonly basePort: number
  readonly image: Image
  readonly edits: readonly Edit[]
  /** Why the base port may cause problems; null if nothing is known. */
  readonly caution: string | null
  /** Ports of others within the range of the base port. */
  readonly near: readonly UsedPort[]
  /** The paths that the user must add to `include:` of the products' Compose files. */
  readonly toInclude: readonly { readonly product: string; readonly path: string }[]
}

interface Created {
  /** Null if an error kept it from being created. */
  readonly feature: NewFeature | null
  readonly problems: readonly Problem[]
}

export async function newFeature(
  workspace: Workspace,
  name: string,
  { port, image: reference, containerPort, addTo = [], dryRun = false }: NewFeatureTask = {},
): Promise<Created> {
  const refused = [...workspace.problems, ...refusals(workspace, name, addTo)]
  if (hasErrors(refused)) return { feature: null, problems: refused }
  const survey = await surveyProducts(workspace)
  const { features, problems: unread } = await readFeatures(workspace, survey.products)
  const found = [...survey.problems, ...unread]
  const { folder, newTemplate, newComposeFile: composeFile } = workspace.layout.feature(name)
  const image = imageFor(name, reference, containerPort)
  const ports = basePorts(workspace, survey, features, image)
  const basePort = choosePort(ports, folder, image, port)
  if (typeof basePort !== 'number') return { feature: null, problems: [...found, basePort] }
  const keys = features.flatMap(({ variables }) => variables.map(({ key }) => key))
  const prefix = variablePrefix(name, new Set(keys))
  const draft = { name, service: serviceName(name, features), prefix, basePort, image }
  const created = [newFile(newTemplate, templateText(draft)), newFile(composeFile, composeText(draft))]
  const later = withFiles(workspace, name, created)
  const variable = portVariable(prefix)
  const added: Edit[] = []
  const toInclude: { product: string; path: string }[] = []
  const refusedEdits: Problem[] = []
  for (const product of new Set(addTo)) {
    const change = await addFeature(withTexts(later, added), product, name, variable)
    added.push(...change.edits)
    refusedEdits.push(...change.problems)
    if (change.toInclude !== null) toInclude.push({ product, path: change.toInclude })
  }
  // Problems of others are reported, but do not keep this feature from being created.
  const problems = [...(await problemsLeft(later, found)), ...refusedEdits]
  if (hasErrors(refusedEdits)) return { feature: null, problems }
  const edits = [...created, ...added]
  const place = { path: join(workspace.root, folder), file: folder }
  const failed = dryRun ? [] : saveInNewFolders([place], savesOf(workspace, edits, true))
  if (failed.length > 0) return { feature: null, problems: [...problems, ...failed] }
  const feature = {
    name,
    variable,
    basePort,
    image,
    edits,
    caution: ports.refusal(basePort)?.reason ?? null,
    near: ports.overlapping(basePort),
    toInclude,
  }
  return { feature, problems }
}

function newFile(file: string, text: string): Edit {
  return { file, before: null, after: encode(text), added: null }
}

function refusals(workspace: Workspace, name: string, addTo: readonly string[]): Problem[] {
  const useless = fixedWorkspace(workspace)
  if (useless !== null) return [useless]
  const unknown = addTo.map((product) => checkProduct(workspace, product))
  return [nameProblem(workspace, name, addTo), ...unknown].filter((each) => each !== null)
}

function nameProblem(
  { root, layout, features }: Workspace,
  name: string,
  [product = 'PRODUCT']: readonly string[],
): Problem | null {
  if (!isName(name)) return badName(name, 'feature')
  const { folder } = layout.feature(name)
  if (isThere(join(root, folder))) {
    const next = features.includes(name)
      ? `Choose another name, or add it to a product: product add ${product} ${name}`
      : 'Choose another name, or edit the files in it.'
    return problem('feature-exists', { file: folder }, `${folder} already exists`, next)
  }
  const like = features.find((other) => other.toLowerCase() === name.toLowerCase())
  if (like === undefined) return null
  const message = `Feature ${like} differs from ${name} only in case, which Docker's DNS and some file systems ignore`
  return problem('feature-exists', { file: layout.feature(like).folder }, message, 'Choose another name.')
}

/** Returns true for a dangling link, too. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Returns the problems that remain with the new feature: a product may name it already. */
async function problemsLeft(later: Workspace, found: readonly Problem[]): Promise<Problem[]> {
  if (found.length === 0) return []
  const { products, problems } = await surveyProducts(later)
  // Without the next step, which may list the new feature.
  const id = ({ code, file, line, column, message }: Problem): string =>
    JSON.stringify([code, file, line, column, message])
  const left = new Set([...problems, ...(await readFeatures(later, products)).problems].map(id))
  return found.filter((each) => left.has(id(each)))
}

function basePorts(
  { modulus }: Workspace,
  { owners }: Survey,
  features: readonly Feature[],
  { http }: Image,
): BasePortRules {
  const bases = features.flatMap(({ name, template, variables }) =>
    variables.flatMap(({ key, line, base }): UsedPort[] =>
      base === null ? [] : [{ by: `${key} of ${name} (${template}:${line})`, from: base.from, to: base.to }],
    ),
  )
  const fixed = owners.flatMap(({ claims }) =>
    claims.filter((claim) => !follows(claim) && claim.outcome !== 'random').map(fixedPort),
  )
  return new BasePortRules({ modulus, offsets: owners.map(({ offset }) => offset), bases, fixed, http })
}

function fixedPort(claim: PortClaim): UsedPort {
  const { variable, service, file, line, from, to } = claim
  return { by: `${variable ?? `service ${service}`} of ${ownerName(claim)} (${file}:${line})`, from, to }
}

/** Returns the requested base port, otherwise the best one; a problem if it cannot be used. */
function choosePort(
  ports: BasePortRules,
  folder: string,
  image: Image,
  asked: number | undefined,
): number | Problem {
  const best = ports.choose(asked ?? image.base)
  if (asked === undefined) {
    if (best !== null) return best
    const next =
      'Lower "modulus:" in workspace.yaml, or the offsets in product.yaml files, or choose a port with --port.'
    return problem('bad-base-port', { file: folder }, 'No base port has room for every offset', next)
  }
  const refusal = ports.refusal(asked)
  if (refusal === null) return asked
  const next = best === null ? 'No base port is free.' : `Use the nearest free base port: --port ${best}`
  const code = refusal.kind === 'out-of-range' ? 'port-out-of-range' : 'bad-base-port'
  return problem(code, { file: folder }, `Base port ${asked} cannot be used: ${refusal.reason}`, next)
}

/** Returns the feature's name, with a number if another feature has a service of that name: Compose refuses two. */
function serviceName(name: string, features: readonly Feature[]): string {
  const taken = new Set(features.flatMap(({ services }) => services.map((service) => service.name)))
  let service = name
  for (let number = 2; taken.has(service); number++) service = `${name}-${number}`
  return service
}
