/** Writes the template and the Compose file of a new feature, which follow every rule of `feature lint`. */
import { reservedReason } from '../merge/reserved.js'
import { yamlText } from '../workspace/yaml-edit.js'
import type { Image } from './images.js'

export interface FeatureDraft {
  readonly name: string
  /** The feature's name, unless another feature has a service of that name. */
  readonly service: string
  /** The start of its variables: `MY_CACHE`. */
  readonly prefix: string
  readonly basePort: number
  readonly image: Image
}

/**
 * Returns the start of a feature's variables (`my-cache` → `MY_CACHE`), with which none is reserved or another feature's.
 * @param defined the variables of all other features
 */
export function variablePrefix(name: string, defined: ReadonlySet<string>): string {
  const plain = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/_$/, '')
  // In Compose, a variable does not start with a digit.
  const usable = /^\d/.test(plain) ? `FEATURE_${plain}` : plain
  const isFree = (prefix: string): boolean =>
    ownKeys(prefix).every((key) => reservedReason(key) === null) &&
    ![...defined].some((key) => ownKeys(prefix).includes(key.toUpperCase()))
  const candidates = [usable, `FEATURE_${plain}`]
  for (let number = 2; ; number++) {
    const free = candidates.find(isFree)
    if (free !== undefined) return free
    candidates.push(`FEATURE_${plain}_${number}`)
  }
}

/** The variable of its base port. */
export function portVariable(prefix: string): string {
  return `${prefix}_HOST_PORT`
}

function ownKeys(prefix: string): string[] {
  return [portVariable(prefix), `${prefix}_PASSWORD`, `${prefix}_URL`]
}

export function templateText({ name, service, prefix, basePort, image }: FeatureDraft): string {
  const port = portVariable(prefix)
  const parts = [
    [
      `# ${name}: runs ${image.reference}.`,
      `# Containers of the product reach it as ${service}:${image.containerPort}; the port below is for ${image.http ? 'a browser' : 'tools'} on the host.`,
    ],
    [`# Port that ${name} publishes on the host`, `${port}=${basePort}`],
  ]
  if (image.http) {
    parts.push([
      '# Address in a browser; Compose fills in the host port',
      `${prefix}_URL=http://localhost:\${${port}}`,
    ])
  }
  if (image.password !== null) {
    parts.push([`# Password of ${image.password.of}: set a long random text`, `${prefix}_PASSWORD=change-me`])
  }
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

export function composeText({ service, prefix, image }: FeatureDraft): string {
  const lines = [
    "# The host port comes from the product's .env: `product env --merge` writes the base port of .env.example there,",
    "# plus the product's offset. No container_name and no fixed volume name: each product has its own.",
    'services:',
    `  ${yamlText(service)}:`,
  ]
  if (!image.pinned) {
    const tag = image.reference.endsWith(':latest') ? 'The tag latest' : 'The default tag, latest,'
    lines.push(`    # ${tag} changes without notice: set a version, as in redis:7`)
  }
  lines.push(`    image: ${yamlText(image.reference)}`)
  if (image.command !== null) lines.push(`    command: ${image.command}`)
  if (image.hostname)
    lines.push('    # Its data belongs to this host name', `    hostname: ${yamlText(service)}`)
  const environment = Object.entries(image.environment).map(([key, value]) => `${key}: "${value}"`)
  if (image.password !== null) environment.push(`${image.password.variable}: \${${prefix}_PASSWORD}`)
  if (environment.length > 0) lines.push('    environment:', ...environment.map((line) => `      ${line}`))
  lines.push('    ports:')
  if (image.guessed)
    lines.push('      # The container port is a guess: set the one that the image listens on')
  lines.push(`      - "\${${portVariable(prefix)}}:${image.containerPort}"`)
  const volume = `${service}-data`
  if (image.data !== null) lines.push('    volumes:', `      - ${volume}:${image.data}`)
  lines.push('    restart: unless-stopped')
  if (image.data !== null) lines.push('', 'volumes:', `  ${volume}:`)
  return `${lines.join('\n')}\n`
}
