/** `feature new`: a folder for a feature, and where it is asked for the product that gets it. */

import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { BasePorts, type Taken } from '../claims/base-port.js'
import { follows, ownerName, type PortClaim } from '../claims/claim.js'
import { encode } from '../env/bytes.js'
import { MAX_PORT } from '../ports/value.js'
import { hasErrors, type Place, type Problem, problem } from '../problem.js'
import { printable } from '../report/escape.js'
import { saveInNewFolder } from '../save/save-all.js'
import { addFeature, type Edit, withFiles } from '../tasks/add-feature.js'
import {
  composeText,
  type FeatureDraft,
  portVariable,
  templateText,
  variablePrefix,
} from '../tasks/feature-files.js'
import { type Feature, featuresOf } from '../tasks/features.js'
import { type Image, imageFor, isImage } from '../tasks/images.js'
import { saveOf } from '../tasks/save-of.js'
import { type Survey, survey as surveyProducts } from '../tasks/survey.js'
import { badName, checkProduct, isName } from '../workspace/names.js'
import type { Workspace } from '../workspace/workspace.js'
import type { ExitCode, Host } from './host.js'
import { featureWorkspaceOf, reportProblems, styleOf, usageError } from './program.js'

/** As commander gives them. */
export interface NewOptions {
  readonly port?: string
  readonly image?: string
  readonly containerPort?: string
  readonly addTo?: string
  readonly dryRun?: true
}

export async function newFeature(
  host: Host,
  command: Command,
  name: string,
  options: NewOptions,
): Promise<ExitCode> {
  const wrong = misuse(options)
  if (wrong !== null) return usageError(host, wrong)
  const workspace = await featureWorkspaceOf(host, command)
  if ('code' in workspace) return reportProblems(host, [workspace])
  const refused = refusals(workspace, name, options)
  if (hasErrors(refused)) return reportProblems(host, refused)

  const survey = await surveyProducts(workspace, workspace.products)
  const found: Problem[] = [...survey.problems]
  const features = featuresOf(workspace, survey.products, found)
  const image = imageFor(
    name,
    options.image,
    options.containerPort === undefined ? undefined : Number(options.containerPort),
  )
  const ports = basePorts(workspace, survey, features, image)
  const basePort = choosePort(ports, { file: workspace.layout.feature(name).folder }, image, options)
  if (typeof basePort !== 'number') return reportProblems(host, [...found, basePort])
  const stated = features.flatMap(({ variables }) => variables.map(({ key }) => key))
  const draft: FeatureDraft = {
    name,
    service: serviceName(name, features),
    prefix: variablePrefix(name, new Set(stated)),
    basePort,
    image,
  }
  const places = workspace.layout.feature(name)
  const { folder } = places
  const compose = places.newComposeFile
  const made: Edit[] = [
    {
      file: places.newTemplate,
      before: null,
      after: encode(templateText(draft)),
      done: 'created',
    },
    { file: compose, before: null, after: encode(composeText(draft)), done: 'created' },
  ]
  const later = withFiles(workspace, name, made)
  // What is wrong with the others is told, but does not keep this one from being made.
  const known = await stillWrong(later, found)
  const problems: Problem[] = []
  const added =
    options.addTo === undefined
      ? { edits: [], toInclude: null }
      : await addFeature(later, options.addTo, name, portVariable(draft.prefix), problems)
  if (hasErrors(problems)) return reportProblems(host, [...known, ...problems])

  const edits = [...made, ...added.edits]
  if (!options.dryRun) {
    const saves = edits.map((edit) => saveOf(workspace, { ...edit, shared: true }))
    const failed = saveInNewFolder({ path: join(workspace.root, folder), file: folder }, saves)
    if (failed.length > 0) return reportProblems(host, [...known, ...problems, ...failed])
  }
  host.stdout(`${lines(host, draft, compose, edits, ports, added.toInclude, options).join('\n')}\n`)
  if (options.dryRun) {
    const { unifiedDiff } = await import('../report/diff.js')
    const { maskCommitted } = await import('../report/mask.js')
    const diffs = edits.map(({ file, before, after }) =>
      // A new file holds no text but our own.
      unifiedDiff(
        file,
        before,
        after,
        (text) => (before === null ? text : maskCommitted(file, text)),
        styleOf(host, 'stdout'),
      ),
    )
    host.stdout(`\n${diffs.join('')}`)
  }
  return reportProblems(host, [...known, ...problems])
}

function misuse({ port, containerPort, image }: NewOptions): string | null {
  if (port !== undefined && !isPort(port)) return `--port is a port from 1 to ${MAX_PORT}`
  if (containerPort !== undefined && !isPort(containerPort))
    return `--container-port is a port from 1 to ${MAX_PORT}`
  if (image !== undefined && !isImage(image))
    return `--image is an image's name, such as redis:7, not ${JSON.stringify(image)}`
  return null
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_PORT
}

/** What stands in the way before anything is looked at. */
function refusals(workspace: Workspace, name: string, { addTo }: NewOptions): Problem[] {
  const problems = [...workspace.problems]
  const { folder } = workspace.layout.feature(name)
  if (!isName(name)) problems.push(badName(name, 'feature'))
  else if (isThere(join(workspace.root, folder))) {
    const next = 'Take another name, or edit what is there; feature new never overwrites a file.'
    problems.push(problem('feature-exists', { file: folder }, 'it is there already', next))
  } else {
    const like = workspace.features.find((other) => other.toLowerCase() === name.toLowerCase())
    if (like !== undefined) {
      const message = `feature ${like} differs from ${name} in case only: other systems take them for one, and so does Docker's DNS`
      problems.push(
        problem(
          'feature-exists',
          { file: workspace.layout.feature(like).folder },
          message,
          'Take another name.',
        ),
      )
    }
  }
  const unknown = addTo === undefined ? null : checkProduct(workspace, addTo)
  return unknown === null ? problems : [...problems, unknown]
}

/** Whatever it is, a link to nothing too. */
function isThere(path: string): boolean {
  return existsSync(path) || lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Those of the problems that are there with the feature, too: a product may have waited for it. */
async function stillWrong(later: Workspace, found: readonly Problem[]): Promise<Problem[]> {
  if (found.length === 0) return []
  const { products, problems } = await surveyProducts(later, later.products)
  const left = [...problems]
  featuresOf(later, products, left)
  // The advice may name the feature now.
  const id = ({ code, file, line, column, message }: Problem): string =>
    JSON.stringify([code, file, line, column, message])
  const ids = new Set(left.map(id))
  return found.filter((each) => ids.has(id(each)))
}

function basePorts(
  workspace: Workspace,
  { owners }: Survey,
  features: readonly Feature[],
  { http }: Image,
): BasePorts {
  const bases = features.flatMap(({ name, template, variables }) =>
    variables.flatMap(({ key, line, base }): Taken[] =>
      base === null ? [] : [{ by: `${key} of ${name} (${template}:${line})`, from: base.from, to: base.to }],
    ),
  )
  const fixed = owners.flatMap(({ claims }) =>
    claims.filter((claim) => !follows(claim) && claim.outcome !== 'random').map(fixedPort),
  )
  const offsets = owners.map(({ offset }) => offset)
  return new BasePorts({ modulus: workspace.modulus, offsets, bases, fixed, http })
}

function fixedPort(claim: PortClaim): Taken {
  const { variable, service, file, line, from, to } = claim
  return { by: `${variable ?? `service ${service}`} of ${ownerName(claim)} (${file}:${line})`, from, to }
}

/** The base port that is asked for, else the best one; or why there is none. */
function choosePort(ports: BasePorts, place: Place, image: Image, options: NewOptions): number | Problem {
  const asked = options.port === undefined ? null : Number(options.port)
  const best = ports.choose(asked ?? image.base)
  if (asked === null) {
    if (best !== null) return best
    const next =
      'Lower "modulus:" in workspace.yaml, or the offsets that the products state, or name a port with --port.'
    return problem('bad-base-port', place, 'no base port is left that leaves room for every offset', next)
  }
  const objection = ports.objection(asked)
  if (objection === null) return asked
  const next = best === null ? 'None is free.' : `The nearest free base port is ${best}: --port ${best}`
  const code = objection.kind === 'out-of-range' ? 'port-out-of-range' : 'bad-base-port'
  return problem(code, place, `base port ${asked} does not do: ${objection.reason}`, next)
}

/** The feature's name, unless another feature has a service of that name: Compose refuses two in one product. */
function serviceName(name: string, features: readonly Feature[]): string {
  const taken = new Set(features.flatMap(({ services }) => services.map((service) => service.name)))
  let service = name
  for (let number = 2; taken.has(service); number++) service = `${name}-${number}`
  return service
}

/** The report. */
function lines(
  host: Host,
  { name, prefix, basePort, image }: FeatureDraft,
  compose: string,
  edits: readonly Edit[],
  ports: BasePorts,
  toInclude: string | null,
  { addTo, dryRun }: NewOptions,
): string[] {
  const style = styleOf(host, 'stdout')
  const row = (title: string, text: string) =>
    `  ${style.dim(title.padEnd(dryRun ? 12 : 7))}  ${printable(text)}`
  const rows: [string, string][] = [
    [
      'port',
      `${portVariable(prefix)}=${basePort}, ${image.containerPort} in the container of ${image.reference}`,
    ],
  ]
  const objection = ports.objection(basePort)
  if (objection !== null) rows.push(['caution', objection.reason])
  const near = ports.neighbours(basePort)
  for (const { by, from } of near.slice(0, MAX_NEAR)) rows.push(['near', `${from}, ${by}`])
  if (near.length > MAX_NEAR) rows.push(['near', `${near.length - MAX_NEAR} more`])
  for (const { file, before, done } of edits) {
    const verb = before === null ? 'create' : 'change'
    rows.push([dryRun ? `would ${verb}` : `${verb}d`, done === 'created' ? file : `${file}, ${done}`])
  }
  if (addTo === undefined)
    rows.push([
      'next',
      `add ${name} to features: of a product.yaml, and ../../${compose} to include: of its Compose file`,
    ])
  else if (toInclude !== null)
    rows.push(['next', `add ${toInclude} to include: of the Compose file of ${addTo}`])
  if (addTo !== undefined) rows.push(['next', `product env --merge ${addTo}`])
  return [style.bold(`${name}  base port ${basePort}`), '', ...rows.map(([title, text]) => row(title, text))]
}

const MAX_NEAR = 3
