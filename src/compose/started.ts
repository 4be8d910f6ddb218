/** What a command line of Docker Compose starts (Compose 2.40). */
import type { ComposeProject } from './project.js'

export interface StartCommand {
  readonly name: string
  /** Those of `--profile`. */
  readonly profiles: readonly string[]
  readonly args: readonly string[]
  /** Whether it leaves the containers running: `up -d`. */
  readonly isDetached: boolean
}

const STARTING = ['up', 'start', 'create', 'run', 'restart']

/** Options before the command that take a value. */
const WITH_VALUE = ['--ansi', '--parallel', '--profile', '--progress']

/** Options before the command with which it starts something else, or nothing. */
const OTHER =
  /^(?:-[fphv]|--(?:file|project-name|project-directory|env-file|workdir|dry-run|help|version)(?:=|$))/

/** Parses the arguments of `docker compose`. @returns null if they start nothing of the project */
export function parseStart(args: readonly string[]): StartCommand | null {
  const profiles: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    if (OTHER.test(word)) return null
    if (!word.startsWith('-')) {
      const rest = args.slice(at + 1)
      if (!STARTING.includes(word) || rest.some((each) => each === '--help' || each === '-h')) return null
      const isDetached =
        word === 'up' && rest.some((each) => /^(?:-[Vwy]*d[Vwy]*|--detach|--wait)$/.test(each))
      return { name: word, profiles, args: rest, isDetached }
    }
    if (word.startsWith('--profile=')) profiles.push(word.slice('--profile='.length))
    if (!WITH_VALUE.includes(word)) continue
    at += 1
    if (word === '--profile') profiles.push(args[at] ?? '')
  }
  return null
}

/** Returns the services whose ports a command publishes. @param profiles those of COMPOSE_PROFILES */
export function startedServices(
  { services }: ComposeProject,
  { name, args, ...options }: StartCommand,
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
