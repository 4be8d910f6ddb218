/** The variables that publish a port and do nothing else. */
import { type EnvDocument, rawValue } from '../env/document.js'
import { references } from '../env/expand.js'
import { type IsPort, isPortVariable, PUBLISHED_WORD, portTest } from '../ports/variable.js'
import { envFilesOf } from './env-file.js'
import type { ComposeProject } from './project.js'
import type { PublishedPort } from './published.js'
import { variablesOf } from './variables.js'

/** A variable as the port of the host, as in `localhost:${APP_PORT}`. */
export const HOST_ADDRESS =
  /(?<![\w.-])(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal):\$(?:\{\w+(?:[:?+-][^{}]*)?\}|\w+)(?!\d)/gi

interface EnvFile {
  readonly file: string
  readonly doc: EnvDocument
}

/**
 * Returns the variables whose every use in the Compose files is the host part of a published port, and whose every use
 * in the env file is an address of the host. A service that reads the env file uses all of its variables.
 */
export function publishedVariables(project: ComposeProject, env: EnvFile): Set<string> {
  const { services, ports, trees } = project
  if (services.some(({ body }) => envFilesOf(body).some(({ path }) => path === env.file))) return new Set()
  const referred = new Set<string>()
  for (const statement of env.doc.statements) {
    const raw = statement.quote === "'" ? '' : rawValue(env.doc, statement)
    for (const { name } of references(raw.replace(HOST_ADDRESS, ''))) referred.add(name)
  }
  const isHostPart = (name: string, file: string, start: number): boolean => {
    const port = ports.find(({ span }) => span.file === file && span.start <= start && start < span.end)
    return port !== undefined && isOnlyHostPart(port, name)
  }
  const found = variablesOf(trees).filter(
    ({ name, uses }) =>
      !referred.has(name) && uses.every(({ span }) => isHostPart(name, span.file, span.start)),
  )
  return new Set(found.map(({ name }) => name))
}

/** Returns true if an entry of `ports:` does not use a variable for its address or container port too. */
export function isOnlyHostPart({ hostText = '', raw }: PublishedPort, name: string): boolean {
  const count = (text: string): number => references(text).filter((each) => each.name === name).length
  return count(hostText) === count(raw)
}

/** Returns the test for the port variables of one feature. @param env its template */
export function portsOfFeature(
  patterns: readonly string[],
  readProject: () => ComposeProject | null,
  env: EnvFile,
): IsPort {
  const project = patterns.includes(PUBLISHED_WORD) ? readProject() : null
  const isListed = portTest(patterns, project === null ? new Set() : publishedVariables(project, env))
  return (key) => isPortVariable(key) || isListed(key)
}
