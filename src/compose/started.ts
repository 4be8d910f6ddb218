/** What a command line of Docker Compose starts (Compose 2.40). */
import { get, stringOf } from './node.js'
import type { ComposeProject } from './project.js'

interface ComposeCommand {
  readonly name: string
  /** Those of `--profile`. */
  readonly profiles: readonly string[]
  readonly args: readonly string[]
}

interface StartCommand extends ComposeCommand {
  /** Whether it leaves the containers running: `up -d`. */
  readonly isDetached: boolean
}

const STARTING = ['up', 'start', 'create', 'run', 'restart']

/** Commands that take hold of a project's containers, wherever they were started. */
const CHANGING = [...STARTING, 'down', 'kill', 'pause', 'rm', 'scale', 'stop', 'unpause', 'watch']

/** Options before the command that take a value. */
const WITH_VALUE = ['--ansi', '--parallel', '--profile', '--progress']

/** Options before the command with which it is about another project, or does nothing. */
const OTHER =
  /^(?:-[fphv]|--(?:file|project-name|project-directory|env-file|workdir|dry-run|help|version)(?:=|$))/

/** Parses the arguments of `docker compose`. @returns null if they do nothing with the project */
function parseCommand(args: readonly string[]): ComposeCommand | null {
  const profiles: string[] = []
  for (let at = 0; at < args.length; at++) {
    const name = args[at] as string
    if (OTHER.test(name)) return null
    if (!name.startsWith('-')) {
      const rest = args.slice(at + 1)
      return rest.some((each) => each === '--help' || each === '-h') ? null : { name, profiles, args: rest }
    }
    if (name.startsWith('--profile=')) profiles.push(name.slice('--profile='.length))
    if (!WITH_VALUE.includes(name)) continue
    at += 1
    if (name === '--profile') profiles.push(args[at] ?? '')
  }
  return null
}

/** Returns true if a command line of Compose starts, stops or removes containers of the project. */
export function changesProject(args: readonly string[]): boolean {
  return CHANGING.includes(parseCommand(args)?.name ?? '')
}

/** Parses the arguments of `docker compose`. @returns null if they start nothing of the project */
export function parseStart(args: readonly string[]): StartCommand | null {
  const command = parseCommand(args)
  if (command === null || !STARTING.includes(command.name)) return null
  const isDetached =
    command.name === 'up' && command.args.some((each) => /^(?:-[Vwy]*d[Vwy]*|--detach|--wait)$/.test(each))
  return { ...command, isDetached }
}

/** Returns the services whose ports a command publishes. @param profiles those of COMPOSE_PROFILES */
export function startedServices(
  { services }: ComposeProject,
  { name, args, ...options }: ComposeCommand,
  profiles: readonly string[],
): ReadonlySet<string> {
  const known = new Map(services.map((service) => [service.name, service]))
  const active = new Set([...profiles, ...options.profiles])
  const named = args.filter((word) => known.has(word)).slice(0, name === 'run' ? 1 : undefined)
  const withoutNames = services.filter(
    (service) =>
      service.profiles.length === 0 ||
      active.has('*') ||
      service.profiles.some((profile) => active.has(profile)),
  )
  const isAlone = name === 'restart' || args.includes('--no-deps')
  const started = new Set(named.length > 0 ? named : withoutNames.map((service) => service.name))
  // A set is also iterated over what is added to it meanwhile.
  for (const service of isAlone ? [] : started)
    for (const use of known.get(service)?.names ?? []) if (use.kind === 'service') started.add(use.name)
  const publishes = args.some((word) => word === '--service-ports' || word === '-P')
  if (name === 'run' && !publishes) started.delete(named[0] ?? '')
  return started
}

/** Returns the services that run after a plain `up`, without those that others wait for to end. @param profiles those of COMPOSE_PROFILES */
export function lastingServices(project: ComposeProject, profiles: readonly string[]): string[] {
  const jobs = new Set(
    project.services.flatMap(({ body }) => {
      const needs = get(body, 'depends_on')
      const entries = needs?.kind === 'mapping' ? [...needs.entries] : []
      return entries.flatMap(([name, { value }]) =>
        stringOf(get(value, 'condition')) === 'service_completed_successfully' ? name : [],
      )
    }),
  )
  const started = startedServices(project, { name: 'up', profiles: [], args: [] }, profiles)
  return [...started].filter((name) => !jobs.has(name))
}
