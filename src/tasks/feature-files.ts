/** The text of a new feature: a template and a Compose file that follow every rule of `feature lint`. */
import { reservedReason } from '../merge/reserved.js'
import { yamlText } from '../workspace/yaml-edit.js'
import type { Image } from './images.js'

/** What a new feature is to be. */
export interface FeatureDraft {
  readonly name: string
  /** Of its service, its volume and so on; the feature's name where that is free. */
  readonly service: string
  /** What its variables' names start with: `MY_CACHE`. */
  readonly prefix: string
  readonly basePort: number
  readonly image: Image
}

/**
 * What the names of a feature's variables start with: `my-cache` → `MY_CACHE`. Not one with which a variable would be
 * reserved, or would be another feature's.
 * @param stated the variables of all other features
 */
export function variablePrefix(name: string, stated: ReadonlySet<string>): string {
  const plain = name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/_$/, '')
  // A variable of Compose can't start with a digit.
  const usable = /^\d/.test(plain) ? `FEATURE_${plain}` : plain
  const isFree = (prefix: string): boolean =>
    ownKeys(prefix).every((key) => reservedReason(key) === null) &&
    ![...stated].some((key) => ownKeys(prefix).includes(key.toUpperCase()))
  const candidates = [usable, `FEATURE_${plain}`]
  for (let number = 2; ; number++) {
    const free = candidates.find(isFree)
    if (free !== undefined) return free
    candidates.push(`FEATURE_${plain}_${number}`)
  }
}

/** The name of the variable with its base port. */
export function portVariable(prefix: string): string {
  return `${prefix}_HOST_PORT`
}

function passwordVariable(prefix: string): string {
  return `${prefix}_PASSWORD`
}

function urlVariable(prefix: string): string {
  return `${prefix}_URL`
}

function ownKeys(prefix: string): string[] {
  return [portVariable(prefix), passwordVariable(prefix), urlVariable(prefix)]
}

/** Its `.env.example`. */
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
      '# Where to open it; Compose fills in the port of this product',
      `${urlVariable(prefix)}=http://localhost:\${${port}}`,
    ])
  }
  if (image.password !== null) {
    parts.push([
      `# Password of ${image.password.of}; put a long random text here`,
      `${passwordVariable(prefix)}=change-me`,
    ])
  }
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** Its `compose.yaml`. */
export function composeText({ service, prefix, image }: FeatureDraft): string {
  const lines = [
    "# The host port comes from the product's .env: `product env --merge` writes the base port of .env.example there,",
    "# plus the product's offset. No container_name and no fixed name of a volume: each product has its own.",
    'services:',
    `  ${yamlText(service)}:`,
  ]
  if (!image.pinned) {
    const which = image.reference.endsWith(':latest')
      ? 'What is latest changes'
      : 'Without a tag it is the latest, which changes'
    lines.push(`    # ${which} unasked: name a version, as in redis:7`)
  }
  lines.push(`    image: ${yamlText(image.reference)}`)
  if (image.command !== null) lines.push(`    command: ${image.command}`)
  if (image.hostname)
    lines.push('    # Its data belongs to this host name', `    hostname: ${yamlText(service)}`)
  const environment = Object.entries(image.environment).map(([key, value]) => `${key}: "${value}"`)
  if (image.password !== null) environment.push(`${image.password.variable}: \${${passwordVariable(prefix)}}`)
  if (environment.length > 0) lines.push('    environment:', ...environment.map((line) => `      ${line}`))
  lines.push('    ports:')
  if (image.guessed)
    lines.push('      # The port behind the colon is a guess: put the one that the image listens on there')
  lines.push(`      - "\${${portVariable(prefix)}}:${image.containerPort}"`)
  const volume = `${service}-data`
  if (image.data !== null) lines.push('    volumes:', `      - ${volume}:${image.data}`)
  lines.push('    restart: unless-stopped')
  if (image.data !== null) lines.push('', 'volumes:', `  ${volume}:`)
  return `${lines.join('\n')}\n`
}
