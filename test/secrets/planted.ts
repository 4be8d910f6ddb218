/** A workspace with a secret of its own in every place of every kind of file, some of which are broken. */
import { writeSection } from '../../src/merge/sections.js'
import type { Files } from '../support/workspace.js'

/** Secrets by the place where they are planted. */
export const planted = new Map<string, string>()

/** A text of a product's own, which may not be shown whatever it looks like. */
function own(place: string): string {
  return plant(place, 'hunter')
}

/** A text of a committed file, which may not be shown as it looks like a token of GitHub. */
function token(place: string): string {
  return plant(place, 'ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6')
}

function plant(place: string, stem: string): string {
  const secret = `${stem}${`${planted.size + 1000}`}`
  planted.set(secret, place)
  return secret
}

const REDIS = 'features/redis/.env.example'

/** What the shell has. */
export const SHELL = {
  FROM_SHELL: own('a variable of the shell'),
  REDIS_COLOUR: own('a variable of the shell that beats the file'),
  COMPOSE_ENV_FILES: own('the shell’s env files'),
}

/** Lines of a product's own, few enough for all of them to stand in a diff that drops what is between. */
const LINES: readonly string[] = [
  `# my_second_app: a note\nBARE=${own('a bare value')} # ${own('a comment behind a value')}`,
  `export DOUBLE="${own('a value in double quotes')}"\nSINGLE='${own('a value in single quotes')}'`,
  `YAML: ${own('a value in YAML style')}\nURL=https://me:${own('a password in a URL')}@example.org`,
  `LINES="-----BEGIN PRIVATE KEY-----\n${own('the first line of a value')}`,
  `${own('a line of a value')}=\n-----END PRIVATE KEY-----" # ${own('a comment behind a closing quote')}`,
  `BEHIND="1" NEXT=${own('a second variable on a line')}\nKEY="1"${own('a key behind a closing quote')}`,
  `#OFF=${own('a commented-out variable')}\n  # export OFF = '${own('one with export')}' yes`,
  `# the password: ${own('a password in a comment')}\n# http://me:${own('a URL in a comment')}@example.org`,
  `${own('a bare line')}\nexport ${own('a bare line with export')}\n${own('the end of a key in base64')}==`,
  `DEFAULT=\${NOPE:-${own('a default')}}\nALTERNATIVE=\${BARE:+${own('an alternative')}}`,
  `A_HOST_PORT=${own('no port in a port variable')}\nB_HOST_PORT=8080 # ${own('a comment behind a port')}`,
  `C_HOST_PORT="8081" ${own('a key behind a port in quotes')}\nREDIS_URL=${own('a value that is kept')}`,
  `FROM_SHELL\nDIFFERENT='a${own('a value that dotenv reads differently')}\\'b'`,
  `# >>> redis (features/redis/.env.example)\nEDITED=${own('an edited section')}\n# <<< redis 00000000`,
  `DB_HOST_PORT=5999\nDB_URL=postgres://me:${own('what an overlay states again')}@localhost:\${DB_HOST_PORT}/`,
]

function withSectionsBetween(lines: readonly string[]): string {
  const isOpen = (text: string): boolean => (text.split('"').length - 1) % 2 === 1
  let text = ''
  for (const each of lines) {
    text += `${each}\n`
    if (!isOpen(text)) text += writeSection('gone', 'features/gone/.env.example', 'GONE=1\nAWAY=1\n', '\n')
  }
  return text
}

/** Of each product the env file. */
const PRODUCT_ENVS: Readonly<Record<string, string>> = {
  values: withSectionsBetween(LINES),
  windows: `A=${own('a value in Windows lines')}\r\n# B=${own('a comment in Windows lines')}\r\n`,
  last: `A=1\n${own('words at the end of the file')} and more`,
  space: `A=1\n${own('a name with a space')} x=${own('its value')}\nB=${own('what follows it')}\n`,
  pem: `A=-----BEGIN PRIVATE KEY-----\n${own('a line of a key')}\n${own('another')}+/=\n-----END PRIVATE KEY-----\n`,
  quoted: `A="1" ${own('words behind a quote')} ${own('that cannot be read')}!\n`,
  unclosed: `A="${own('a value that is never closed')}\nB=${own('what it swallows')}\n`,
  brace: `A=\${${own('a malformed reference')}!}\nB="\${${own('one that is never closed')}"\n`,
  required: `A=\${NOPE:?${own('the message of a required variable')}}\n`,
  character: `${own('a name with a bad character')}%=1\n`,
  missing: `COMPOSE_FILE=${own('a missing file in COMPOSE_FILE')}.yaml:/${own('an absolute one')}/compose.yaml\n`,
  project: `COMPOSE_PROJECT_NAME=${own('no project name')}!\n`,
  folder: `COMPOSE_FILE=compose.yaml:../${own('a folder in COMPOSE_FILE')}\n`,
  long: `COMPOSE_FILE=${own('a path that is too long')}${'x'.repeat(5000)}\n`,
  paths: Object.entries({
    INCLUDE: 'a path of include',
    DIRECTORY: 'a project directory',
    ENV_FILE: 'an env file of include',
    EXTENDS: 'a file of extends',
    SERVICE: 'a service of extends',
    SERVICE_ENV: 'an env file of a service',
  })
    .map(([key, place]) => `${key}=${own(place)}\n`)
    .join(''),
  remote: `REMOTE=https://me:${own('a remote file')}@example.org/x.git\n`,
  compose: [
    ...['PORT', 'ADDRESS', 'TARGET', 'PUBLISHED', 'PROTOCOL', 'MEMORY', 'SCALE', 'CGROUP', 'IMAGE', 'NAME'],
    ...['COMMAND', 'LABEL', 'VALUE', 'VOLUME', 'NETWORK', 'DEPENDS', 'PROFILE', 'MODE', 'LINK', 'SUBNET'],
  ]
    .map((key) => `${key}=${own(`the Compose value of ${key}`)}\n`)
    .join(''),
  literals: '',
  odd: '',
  yaml: '',
  settings: '',
  syntax: '',
}

const COMPOSE_FILES: Readonly<Record<string, string>> = {
  folder: 'services: {web: {image: web}}\n',
  paths: `\
include:
  - \${INCLUDE}/compose.yaml
  - {path: ../folder/compose.yaml, project_directory: "\${DIRECTORY}", env_file: "\${ENV_FILE}"}
services:
  a: {extends: {file: "\${EXTENDS}/compose.yaml", service: a}}
  b: {extends: {file: ../folder/compose.yaml, service: "\${SERVICE}"}}
  c: {image: c, env_file: "\${SERVICE_ENV}"}
`,
  remote: 'include: ["${REMOTE}"]\nservices: {a: {extends: {file: "${REMOTE}", service: a}}}\n',
  compose: `\
services:
  a:
    image: \${IMAGE}
    container_name: \${NAME}
    command: --token \${COMMAND}
    labels: ["x=\${LABEL}"]
    environment: {X: "\${VALUE}", Y: "\${VALUE:?\${VALUE}}", Z: "\${NOPE:?\${VALUE}}"}
    volumes: ["\${VOLUME}:/data", "\${VOLUME}:/a:b:c:d"]
    networks: ["\${NETWORK}"]
    depends_on: ["\${DEPENDS}"]
    links: ["\${LINK}"]
    profiles: ["\${PROFILE}"]
    network_mode: \${MODE}
    mem_limit: \${MEMORY}
    scale: \${SCALE}
    cgroup: \${CGROUP}
    ports:
      - "\${PORT}:80"
      - "\${ADDRESS}:80:80"
      - "80:\${TARGET}"
      - {target: 80, published: "\${PUBLISHED}"}
      - {target: 81, published: "8099", protocol: "\${PROTOCOL}"}
      - {target: 82, published: "8098", host_ip: "\${ADDRESS}"}
  b: {extends: {service: a}, networks: {x: [1]}, depends_on: {"c": {}}}
  c: {image: c, networks: {"\${NETWORK}": {}}}
networks: {n: {ipam: {config: [{subnet: "\${SUBNET}"}]}}}
`,
  literals: `\
include: ["${token('a path of include')}/compose.yaml"]
services:
  a:
    extends: {file: "${token('a file of extends')}.yaml", service: a}
    image: a:${token('an image')}
    container_name: ${token('a container name')}
    command: ["--password=${own('a command')}", "${token('an item of a command')}"]
    labels: {x: "${own('a label')}"}
    environment:
      - TOKEN=${own('an environment list')}
      - ${own('an environment key')}
    ports:
      - "${own('a port')}"
      - "${own('a host port')}:80"
      - "80:${own('a container port')}"
      - "${own('an address')}:80:80"
      - "80:80/${own('a protocol')}"
      - {target: ${own('a target')}, published: "80"}
      - {target: 80, published: "${own('a published port')}"}
      - {target: 81, published: "8097", protocol: "${own('a long protocol')}"}
    mem_limit: ${own('a size')}
    scale: ${own('a number')}
    cgroup: ${own('a word of some')}
    healthcheck: {interval: "${own('a duration')}", test: ["${own('a test')}"]}
    tty: "${own('a switch')}"
    volumes: ["${own('a volume')}:aa:bb:cc:dd"]
    user: 10001000
    pull_policy: ${own('a policy')}
    depends_on: {b: {condition: ${own('a condition')}}}
    x-note: \${NOPE:-${own('a default in a Compose file')}}
    hostname: \${${own('a malformed reference in a Compose file')}!}
    domainname: \${NOPE:?${own('a message in a Compose file')}}
    network_mode: ${own('a network mode')}
    networks: [n]
  b: {extends: {service: ${token('a service of extends')}}}
  c: {image: c, environment: {"${token('a key')}": [], ? ${token('another key')} : {}}}
  "${token('a service name')} x": {image: d}
${token('an unknown key')}: 1
`,
  odd: `services:\n  a: {image: a, restart: *${token('an unknown anchor')}}\n`,
  yaml: `services:\n  a: {image: a, restart: "x"}${own('text behind a value in YAML')}\n`,
}

const FILES: Files = {
  [REDIS]: `\
# REDIS_OLD_TOKEN=${own('a token in a comment of a template')}
REDIS_HOST_PORT=6380
REDIS_URL=redis://redis:6379
REDIS_PASSWORD=${own('a password in a template')}
REDIS_AUTH_URL=redis://me:${own('a password in a URL in a template')}@redis
REDIS_ID=${token('a token in a template')}
REDIS_PEM="-----BEGIN PRIVATE KEY-----
${own('a private key in a template')}
-----END PRIVATE KEY-----"
REDIS_FULL_URL=redis://:\${BARE}@redis
REDIS_COPY=\${REDIS_FULL_URL}\${REDIS_PASSWORD}
REDIS_SHELL=\${FROM_SHELL}
REDIS_COLOUR=#f00
`,
  'features/redis/compose.yaml': `\
services:
  redis:
    image: redis:${token('an image of a feature')}
    container_name: ${token('a container name of a feature')}
    command: redis-server --requirepass=${token('a command of a feature')} --port 6380
    environment:
      REDIS_PASSWORD: ${own('the environment of a feature')}
      URL: http://localhost:6380/${token('a URL of a feature')}
    ports: ["6380:6379", "6380:6379"]
    volumes: ["/srv/${token('a bind mount of a feature')}:/data", "${token('a volume of a feature')}:/x"]
    networks: ["${token('a network of a feature')}"]
    depends_on: ["${token('a dependency of a feature')}"]
    network_mode: container:${token('a container of a feature')}
    external_links: ["${token('an external link of a feature')}"]
    env_file: ${token('an env file of a feature')}.env
volumes: {v: {name: "${token('the name of a volume of a feature')}"}}
networks: {n: {ipam: {config: [{subnet: "${token('a subnet of a feature')}"}]}}}
`,
  'features/other/.env.example': `\
REDIS_URL=${token('a value in conflict')}
REDIS_PASSWORD=${own('a password in conflict')}
${token('a bare line of a template')}
# ${token('a comment of a template')}
OTHER_HOST_PORT=${token('no port in a template')}
OTHER_SECRET_HOST_PORT=${own('no port in a secret of a template')}
OTHER_KEY=$2a$12$${own('a hash in a template')}
OTHER_TOKEN=${own('one that dotenv reads differently')}#1
`,
  'features/broken/.env.example': `A=1\n${own('a bare line of a template')} x\n`,
  'features/broken/compose.yaml': `services:\n  a: {image: a, cgroup: ${own('a wrong value of a feature')}}\n`,
  ...Object.fromEntries(Object.entries(PRODUCT_ENVS).map(([name, text]) => [`products/${name}/.env`, text])),
  ...Object.fromEntries(
    Object.entries(COMPOSE_FILES).map(([name, text]) => [`products/${name}/compose.yaml`, text]),
  ),
  ...Object.fromEntries(
    Object.keys(PRODUCT_ENVS)
      .filter((name) => name !== 'settings' && name !== 'syntax')
      .map((name) => [`products/${name}/product.yaml`, 'features: [redis, other]\n']),
  ),
  'products/settings/product.yaml': `\
features: ["${own('a name of a feature')}!", ${token('an unknown feature')}]
offset: ${own('an offset')}
allow: ["${own('an allowed variable')} x"]
ports: {A: {scheme: ${own('a scheme')}}, "${token('a name of a port')} x": {}}
${token('an unknown setting')}: 1
`,
  'products/syntax/product.yaml': `features: [redis] ${own('text behind a list in YAML')}\n`,
  'products/unknown/product.yaml': `features: [${token('a feature that is not there')}]\n`,
  'products/example/.env.example': `A=${own('a value of an example')}\n# B=${own('a comment of an example')}\n`,
  'products/example/product.yaml': 'features: [redis, other]\n',
  'products/values/.env.blue': `# >>> values@blue (products/values/.env)\nB=${own('an edited overlay')}\n# <<< values@blue 00000000\n${own('a bare line of an overlay')}\n`,
  'products/values/compose.yaml': `\
services:
  web:
    image: web:${token('an image of a product')}
    env_file: [.env]
    environment: {PASSWORD: "${own('the environment of a product')}"}
    command: serve --password=${own('a command of a product')}
    ports: ["\${DB_HOST_PORT}:80", "\${REDIS_HOST_PORT:-${own('a default of a port')}}:81"]
include: []
`,
  'workspace.yaml': `modulus: 1000 # ${own('a comment of workspace.yaml')}\n`,
}

/** All but the first. */
export const PRODUCTS: readonly string[] = [...Object.keys(PRODUCT_ENVS).slice(1), 'unknown', 'example']

/** By what is broken in them. */
export const WORKSPACES: Readonly<Record<string, Files>> = {
  'features and products': FILES,
  'a value of workspace.yaml': { 'workspace.yaml': `modulus: ${own('a modulus')}\n`, 'products/values/': '' },
  'workspace.yaml as YAML': {
    'workspace.yaml': `modulus: [${own('an open list')}\n`,
    'products/values/': '',
  },
  'the YAML of a Compose file': {
    'products/values/compose.yaml': `services: !${own('a tag')}%zz {a: "\\q${own('an escape')}"}\n`,
    'features/redis/compose.yaml': `%${own('a directive')}\n---\nservices: }${own('a token of YAML')}\n`,
  },
}
