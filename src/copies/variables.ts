/** The variables of the env file that move a port and nothing else. */

import { envFilesOf } from '../compose/env-file.js'
import { get, spanOf } from '../compose/node.js'
import type { ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import { variablesOf } from '../compose/variables.js'
import { decode, encode } from '../env/bytes.js'
import { parseEnv, rawValue, type Statement } from '../env/document.js'
import { references } from '../env/expand.js'
import { readEnv } from '../env/read.js'
import { formatPort, parsePortValue, shiftPort } from '../ports/value.js'
import { pairsOf, servicesIn } from './model.js'
import type { Assignment, CopySource } from './source.js'
import { listeningPorts, movedText, movesOf } from './urls.js'

export interface MovedVariables {
  /** Variable → its value in the copy. */
  readonly values: ReadonlyMap<string, string>
  readonly assignments: readonly Assignment[]
}

const NONE: MovedVariables = { values: new Map(), assignments: [] }

/**
 * Finds the variables that the copy's env file moves: those whose every use is the host part of a port or an address of
 * the host. Moving any other would change something inside a container.
 */
export function movedVariables(source: CopySource, original: ComposeProject, offset: number): MovedVariables {
  const { env } = source
  if (source.isolated !== undefined) return NONE
  if (original.services.some(({ body }) => envFilesOf(body).some(({ path }) => path === env.file)))
    return NONE
  const doc = parseEnv(env.text)
  const { values } = readEnv(doc)
  const last = new Map(doc.statements.map((statement) => [statement.key, statement]))
  const raw = (statement: Statement): string => decode(rawValue(doc, statement))
  const safe = safeUses(original)
  const mentioned = variablesOf(original.trees)
  const used = new Set(mentioned.map(({ name }) => name))
  // An address that no Compose file uses is stated anew, and so follows.
  const named = new Set(
    doc.statements.flatMap((each) => {
      if (each.quote === "'") return []
      const text = used.has(each.key) ? raw(each) : raw(each).replace(ADDRESS, '')
      return references(text).map(({ name }) => name)
    }),
  )
  for (const name of namedByEnvFiles(source, original)) named.add(name)
  const moved = new Map<string, string>()
  const assignments: Assignment[] = []
  for (const [key, statement] of last) {
    const variable = mentioned.find(({ name }) => name === key)
    const value = values.get(key) ?? ''
    if (variable === undefined || named.has(key) || statement.kind === 'inherit') continue
    const port = parsePortValue(value)
    if (typeof port === 'string' || !isHostPart(original.ports, key, port)) continue
    if (!variable.uses.every(({ span, raw: text }) => safe(span.file, span.start, key, text))) continue
    const to = formatPort(shiftPort(port, offset))
    moved.set(key, to)
    assignments.push({ key, text: to, comment: `${value} + ${offset}` })
  }
  if (moved.size === 0 && last.size === 0) return NONE
  return {
    values: moved,
    assignments: [...assignments, ...addresses(source, original, { used, moved, offset }, last, raw)],
  }
}

/** The variables that the containers' own env files refer to: Compose expands them there too. */
function namedByEnvFiles({ readText }: CopySource, original: ComposeProject): string[] {
  return original.services
    .flatMap(({ body }) => envFilesOf(body))
    .flatMap(({ key, isRaw, path }) => {
      const text = key === 'env_file' && !isRaw ? readText(path) : null
      return typeof text === 'string' ? references(text).map(({ name }) => name) : []
    })
}

function isHostPart(
  ports: readonly PublishedPort[],
  key: string,
  value: { from: number; to: number },
): boolean {
  const users = ports.filter(({ references }) => references.some(({ name }) => name === key))
  return (
    users.length > 0 &&
    users.every(({ host }) => host !== null && host.from === value.from && host.to === value.to)
  )
}

/** Whether a value of a Compose file uses a variable for nothing but the host's side of a port. */
function safeUses(original: ComposeProject) {
  const ports = new Map<string, PublishedPort[]>()
  for (const port of original.ports) ports.set(port.span.file, [...(ports.get(port.span.file) ?? []), port])
  const addresses = new Map<string, boolean>()
  const moves = movesOf(original, () => 1)
  for (const [service, node] of servicesIn(original.model)) {
    const listens = listeningPorts(original, service, node)
    for (const list of [get(node, 'environment'), get(get(node, 'build'), 'args')]) {
      for (const { text, node: scalar } of pairsOf(list)) {
        if (!scalar.raw.includes('$')) continue
        const { file, start } = spanOf(scalar)
        addresses.set(`${file}\0${start}`, movedText(text, moves, listens).left.length === 0)
      }
    }
  }
  return (file: string, start: number, key: string, raw: string): boolean => {
    // In the long syntax the value stands within the entry.
    const port = ports.get(file)?.find(({ span }) => span.start <= start && start < span.end)
    if (port !== undefined) return count(port.hostText ?? '', key) === count(port.raw, key)
    return addresses.get(`${file}\0${start}`) === true && count(raw.replace(ADDRESS, ''), key) === 0
  }
}

const ADDRESS =
  /(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):\$(?:\{\w+(?:[:?+-][^{}]*)?\}|\w+)(?!\d)/gi

function count(text: string, key: string): number {
  return references(text).filter(({ name }) => name === key).length
}

/** Addresses in the env file that no Compose file uses: they are for people and for programs on the host. */
function addresses(
  { env }: CopySource,
  original: ComposeProject,
  { used, moved, offset }: { used: ReadonlySet<string>; moved: ReadonlyMap<string, string>; offset: number },
  last: ReadonlyMap<string, Statement>,
  raw: (statement: Statement) => string,
): Assignment[] {
  const moves = movesOf(original, () => offset)
  return [...last.values()].flatMap((statement): Assignment[] => {
    if (used.has(statement.key) || statement.kind === 'inherit') return []
    const text = raw(statement)
    const address = movedText(text, moves, () => false).text
    const { quote } = statement
    const follows = quote !== "'" && references(text).some(({ name }) => moved.has(name))
    if (address === text && !follows) return []
    return [
      {
        key: statement.key,
        text: `${quote}${encode(address)}${quote}`,
        comment: `as in ${env.file}, with the ports of the copy`,
      },
    ]
  })
}
