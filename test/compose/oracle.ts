/** Runs our reader and real Compose over the same files on disk, and brings both answers into one form. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gapProblems } from '../../src/compose/gaps.js'
import { type ComposeProject, readProject } from '../../src/compose/project.js'
import { type Env, findCompose } from '../support/compose.js'

/** A project as files by their path; `-f` names the entry files, in order. */
export interface Project {
  readonly files: Readonly<Record<string, string>>
  readonly entries?: readonly string[]
  readonly env?: Env
}

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What both sides say about a project; `compose` is null where Compose refuses it. */
export interface Comparison {
  readonly ours: ComposeProject
  readonly ports: Record<string, string[]>
  readonly compose: Config | null
  readonly stderr: string
  /** What `--variables` lists, if it was asked for. */
  readonly variables: Record<string, ComposeVariable> | null
}

interface Config {
  readonly name: string
  readonly services: Readonly<Record<string, { ports?: ComposePort[]; volumes?: ComposeMount[] }>>
}

interface ComposePort {
  readonly target: number
  readonly published?: string
  readonly host_ip?: string
  readonly protocol: string
}

interface ComposeMount {
  readonly type: string
  readonly source?: string
  readonly target: string
  readonly read_only?: boolean
}

interface ComposeVariable {
  readonly DefaultValue: string
  readonly PresenceValue: string
  readonly Required: boolean
}

/** Writes the files to a new folder, asks both, and removes the folder. */
export async function compare(
  { files, entries = ['compose.yaml'], env = {} }: Project,
  variables = false,
): Promise<Comparison> {
  const root = mkdtempSync(join(tmpdir(), 'compose-oracle-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const project = readProject(
      entries.map((entry) => join(root, entry)),
      readText,
      (name) => env[name],
      root,
    )
    const ours = { ...project, problems: [...project.problems, ...gapProblems(project)] }
    const args = [
      '--project-directory',
      '.',
      ...entries.flatMap((entry) => ['-f', entry]),
      '--profile',
      '*',
      'config',
    ]
    const answers = [compose(root, [...args, '--format', 'json'], env)]
    if (variables) answers.push(compose(root, [...args, '--variables', '--format', 'json'], env))
    const [config, listed] = await Promise.all(answers)
    return {
      ours,
      ports: portsOf(ours),
      compose: config?.code === 0 ? (JSON.parse(config.stdout) as Config) : null,
      stderr: config?.stderr ?? '',
      variables: listed?.code === 0 ? (JSON.parse(listed.stdout) as Record<string, ComposeVariable>) : null,
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

export function compose(cwd: string, args: readonly string[], env: Env): Promise<Answer> {
  const [program, ...first] = findCompose() as readonly [string, ...string[]]
  const options = {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    maxBuffer: 1 << 28,
    timeout: 30_000,
  }
  return new Promise((resolve) => {
    execFile(program, [...first, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, stdout, stderr: stderr.trim() }),
    )
  })
}

/** `address|host port|container port/protocol`, one for each port that Compose would list, sorted, by service. */
function portsOf(project: ComposeProject): Record<string, string[]> {
  const services: Record<string, string[]> = Object.fromEntries(
    project.services.map(({ name }) => [name, []]),
  )
  for (const { service, hostIp, host, container, protocol } of project.ports) {
    for (let port = container.from; port <= container.to; port++) {
      const pool = host !== null && container.from === container.to && host.to > host.from
      const published =
        host === null ? '' : pool ? `${host.from}-${host.to}` : `${host.from + port - container.from}`
      services[service]?.push(`${hostIp}|${published}|${port}/${protocol}`)
    }
  }
  for (const ports of Object.values(services)) ports.sort()
  return services
}

/** The same of Compose's own answer. A published 0 is a port left to chance, which Compose's JSON does not say. */
export function composePorts(config: Config): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(config.services).map(([name, { ports = [] }]) => [
      name,
      ports
        .map(({ host_ip = '', published = '', target, protocol }) => {
          const host = published === '0' ? '' : published
          return `${host_ip}|${host}|${target}/${protocol.toLowerCase()}`
        })
        .sort(),
    ]),
  )
}

/** Runs the tasks a few at a time: each waits for a process, and the machine has several cores. */
export async function inParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await task(items[index] as T)
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
  return results
}
