/** Plans a copy of a Compose project: what differs, the files that bring it about, and the proof that nothing else does. */
import { basename } from 'node:path'
import { gapProblems } from '../compose/gaps.js'
import type { ReadText } from '../compose/load.js'
import { type ComposeProject, readProject } from '../compose/project.js'
import { decode, encode } from '../env/bytes.js'
import { parseEnv } from '../env/document.js'
import type { Lookup } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { bindChanges, deviceChanges, writableFolders } from './binds.js'
import { canonical, difference, withEdits } from './canonical.js'
import { hostProblems } from './host.js'
import { containerChanges, imageChanges, namesOf, resourceChanges, subnetChanges } from './names.js'
import { overrideText } from './override.js'
import { meet, offsetFor, portChanges, takenPorts } from './ports.js'
import type {
  Assignment,
  Change,
  CopyContext,
  CopyPlan,
  CopySource,
  Edit,
  Footprint,
  Shift,
} from './source.js'
import { urlChanges } from './urls.js'
import { movedVariables } from './variables.js'

/** What differs in a copy, in this order. Each row is proven on real projects. */
const RULES: readonly {
  readonly rule: string
  readonly reason: string
  readonly changes: (context: CopyContext) => Change[]
}[] = [
  { rule: 'ports', reason: 'Only one process can listen on a port of the host.', changes: portChanges },
  { rule: 'container-name', reason: 'A container name is unique on an engine.', changes: containerChanges },
  {
    rule: 'resource-name',
    reason: 'A pinned or external network or volume is the same one in every project.',
    changes: resourceChanges,
  },
  { rule: 'subnet', reason: 'Two networks cannot have overlapping subnets.', changes: subnetChanges },
  {
    rule: 'image',
    reason: 'The second build would take the tag from the first image.',
    changes: imageChanges,
  },
  { rule: 'bind', reason: 'Two databases in one folder destroy it.', changes: bindChanges },
  {
    rule: 'volume-device',
    reason: 'A volume with a device is a folder of the host.',
    changes: deviceChanges,
  },
  { rule: 'url', reason: 'A browser reaches a service at the port on the host.', changes: urlChanges },
]

/** Plans a copy. Pure: the same source gives the same plan. With an error among its problems, nothing may be written. */
export function planCopy(source: CopySource): CopyPlan {
  const { project, isolated } = source
  const original = read(source, source.files, source.env.text, null, project)
  const nothing = { project, offset: 0, changes: [], assignments: [], override: null, footprint: null }
  const refused = [...original.problems, ...gapProblems(original)]
  if (hasErrors(refused)) return { ...nothing, problems: refused }
  const before = usesProjectName(source, original)
    ? read(source, source.files, source.env.text, null, source.original)
    : original
  const taken =
    isolated === undefined ? [footprintOf(source.product, before, source.original), ...source.taken] : []
  const namesake = taken.slice(1).find(({ names }) => names.has(`project ${project}`))
  if (namesake !== undefined) return { ...nothing, problems: [sameProject(source, project, namesake)] }
  const offset = offsetFor(source, original, taken)
  if (offset === null) return { ...nothing, problems: [noOffset(source)] }
  const shift: Shift = (port) => (isolated?.keeps(port) ? 0 : offset)

  const variables = movedVariables(source, original, offset)
  const names = [...namesOf(before.model, source.original), ...writableFolders(before)]
  const used = new Set(
    isolated === undefined ? names : names.filter((name) => !isNamedAfter(name, source.product)),
  )
  const environment = readEnv(parseEnv(source.env.text)).values
  const context: CopyContext = { source, original, used, shift, environment, variables: variables.values }
  const changes = RULES.flatMap((row) => row.changes(context))
  const edits = changes.flatMap((change) => change.edits)
  const owner = `${source.product}@${source.name}`
  const isListed = !source.override.isDefault
  const written = edits.filter(({ byVariable }) => byVariable !== true)
  const namesProject = !isListed && isolated === undefined
  const override =
    written.length === 0 && !namesProject
      ? null
      : overrideText(owner, source.env.file, written, namesProject ? project : null)
  const statesName = parseEnv(source.env.text).statements.some(({ key }) => key === 'COMPOSE_PROJECT_NAME')
  const assignments: Assignment[] = [
    ...(isolated === undefined && (isListed || statesName)
      ? [{ key: 'COMPOSE_PROJECT_NAME', text: project }]
      : []),
    ...(isListed && override !== null
      ? [
          {
            key: 'COMPOSE_FILE',
            text: [...source.listed, basename(source.override.file)].join(source.separator ?? ':'),
          },
        ]
      : []),
    ...variables.assignments,
  ]
  const plan = { project, offset, changes, assignments, override }
  const proof = prove(source, original, taken, plan, edits, shift)
  return { ...plan, ...proof, problems: [...refused, ...hostProblems(context), ...proof.problems] }
}

/** Returns true for a name of the product's own: `container shop-db`, `volume data_shop`. */
function isNamedAfter(name: string, product: string): boolean {
  const own = name.slice(name.indexOf(' ') + 1)
  return (
    own === product ||
    /^[-_.]/.test(own.startsWith(product) ? own.slice(product.length) : '') ||
    own.endsWith(`_${product}`) ||
    own.endsWith(`-${product}`)
  )
}

/** The text that the copy's env file has after the original's. */
export function assignmentText(assignments: readonly Assignment[]): string {
  return assignments
    .map(
      ({ key, text, comment }) => `${comment === undefined ? '' : `# ${comment}\n`}${encode(key)}=${text}\n`,
    )
    .join('')
}

/** Reads the project under a name, which Compose sets as a variable too, with an override on top. */
function read(
  source: CopySource,
  files: readonly string[],
  env: string,
  override: string | null,
  project: string,
): ComposeProject {
  const { values } = readEnv(parseEnv(env))
  const lookup: Lookup = (name) => {
    if (name === 'COMPOSE_PROJECT_NAME') return project
    const value = values.get(name)
    return value === undefined ? undefined : decode(value)
  }
  const readText: ReadText = (path) =>
    override !== null && path === source.override.file ? decode(override) : source.readText(path)
  return readProject(files, readText, lookup, source.directory, source.parsed)
}

/** Whether the project differs with its name: reading it once more takes as long as all the rest. */
function usesProjectName({ env, readText }: CopySource, { files }: ComposeProject): boolean {
  const texts = [env.text, ...files.map(readText)]
  return texts.some((text) => typeof text === 'string' && text.includes('COMPOSE_PROJECT_NAME'))
}

/** What a project takes of its host. */
export function footprintOf(owner: string, project: ComposeProject, name: string): Footprint {
  return { owner, ports: takenPorts(project), names: namesOf(project.model, name) }
}

/** Reads the copy as Compose will, and compares: equal to the original but for the edits, and disjoint from all that is taken. */
function prove(
  source: CopySource,
  original: ComposeProject,
  taken: readonly Footprint[],
  { project, assignments, override }: Pick<CopyPlan, 'project' | 'assignments' | 'override'>,
  edits: readonly Edit[],
  shift: Shift,
): { problems: Problem[]; footprint: Footprint | null } {
  const env = `${source.env.text.replace(/(?<!\n)$/, '\n')}${assignmentText(assignments)}`
  const files = override === null ? source.files : [...source.files, source.override.file]
  const copy = read(source, files, env, override, project)
  const refused = [...copy.problems, ...gapProblems(copy)]
  if (hasErrors(refused)) return { problems: refused, footprint: null }
  const place = { file: source.override.file }
  const next = 'Nothing was written. Please report this with the Compose files.'
  const wanted = withEdits(canonical(original), edits, original.ports, shift)
  const where = difference(wanted, canonical(copy))
  if (where !== null)
    return {
      problems: [problem('proof-failed', place, `The copy would differ from the original in ${where}`, next)],
      footprint: null,
    }
  const footprint = footprintOf(`${source.product}@${source.name}`, copy, project)
  const clashes = taken.flatMap((other) =>
    clash(footprint, other).map((what) =>
      problem('proof-failed', place, `The copy would share ${what} with ${other.owner}`, next),
    ),
  )
  return { problems: clashes, footprint }
}

function clash(one: Footprint, two: Footprint): string[] {
  const ports = one.ports
    .filter((port) => two.ports.some((other) => meet(port, other)))
    .map(({ protocol, range }) => `${protocol} port ${range.from}`)
  return [...ports, ...[...one.names].filter((name) => two.names.has(name))]
}

function sameProject({ env }: CopySource, project: string, { owner }: Footprint): Problem {
  const message = `Another copy, ${owner}, has the Compose project name ${project} already`
  return problem('same-project', { file: env.file }, message, 'Give this copy another name.')
}

function noOffset({ name, env }: CopySource): Problem {
  return problem(
    'no-offset',
    { file: env.file },
    `No offset keeps the ports of ${name} free of the original's and of the other copies'`,
    'Remove a copy that is no longer used, or set another offset.',
  )
}
