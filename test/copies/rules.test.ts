/** What each rule of a copy makes of a project: one row, one thing that a host has only once. */
import { describe, expect, test } from 'vitest'
import { hasErrors } from '../../src/problem.js'
import { bodyOf, copyOf, type Files } from './support.js'

const web = (lines: string): string =>
  `services:\n  web:\n    image: nginx\n${lines.replace(/^/gm, '    ')}\n`

interface Row {
  readonly name: string
  readonly files: Files
  /** The override below `name: shop-blue`. */
  readonly override: string
  /** The assignments of the env file, and the notes. */
  readonly env?: readonly string[]
  readonly notes?: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    name: 'a literal port',
    files: { 'compose.yaml': web('ports: ["8080:80", "127.0.0.1:9000-9001:9000-9001/udp", "443"]') },
    override: `services:
  web:
    ports: !override
      - "8180:80"
      - "127.0.0.1:9100-9101:9000-9001/udp"
      - "443"`,
  },
  {
    name: 'a port with a default only',
    files: { 'compose.yaml': web('ports: ["$' + '{PORT:-8080}:80"]') },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:80"',
  },
  {
    name: 'a variable that is nothing but a host port moves in the env file',
    files: { 'compose.yaml': web('ports: ["$' + '{PORT}:80"]'), '.env': 'PORT=8080\n' },
    override: '',
    env: ['PORT=8180'],
  },
  {
    name: 'a variable moves with an address of the env file that refers to it',
    files: {
      'compose.yaml': web('ports: ["$' + '{PORT}:80"]'),
      '.env': 'PORT=8080\nSITE=http://localhost:${PORT}/\n',
    },
    override: '',
    env: ['PORT=8180', 'SITE=http://localhost:${PORT}/'],
  },
  {
    name: 'a variable stays if a value that a container gets refers to it',
    files: {
      'compose.yaml': web('ports: ["$' + '{PORT}:80"]\nenvironment: { SITE: "$' + '{SITE}" }'),
      '.env': 'PORT=8080\nSITE=http://other:${PORT}/\n',
    },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:80"',
  },
  {
    name: 'a variable on both sides keeps the container port',
    files: { 'compose.yaml': web('ports: ["$' + '{PORT}:$' + '{PORT}"]'), '.env': 'PORT=8080\n' },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:8080"',
  },
  {
    name: 'a variable that a container reads stays',
    files: { 'compose.yaml': web('ports: ["$' + '{PORT}:80"]\nenv_file: .env'), '.env': 'PORT=8080\n' },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:80"',
  },
  {
    name: 'a variable that another value uses stays',
    files: {
      'compose.yaml': web('ports: ["$' + '{PORT}:80"]\ncommand: serve --port $' + '{PORT}'),
      '.env': 'PORT=8080\n',
    },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:80"',
  },
  {
    name: 'the long syntax keeps what only it can say',
    files: {
      'compose.yaml': web(
        'ports: [{ target: 80, published: 8080, name: http, app_protocol: http, mode: host }]',
      ),
    },
    override: `services:
  web:
    ports: !override
      - target: 80
        published: "8180"
        protocol: "tcp"
        name: "http"
        app_protocol: "http"
        mode: "host"`,
  },
  {
    name: 'a container name, which stays a host name',
    files: { 'compose.yaml': `${web('container_name: shop_web\nnetworks: [front]')}networks: { front: }\n` },
    override: `services:
  web:
    container_name: "shop_web-blue"
    networks:
      front:
        aliases:
          - "shop_web"`,
  },
  {
    name: 'what refers to the container',
    files: {
      'compose.yaml': `${web('container_name: web')}  cron:
    image: busybox
    network_mode: container:web
    volumes_from: ["container:web:ro"]
`,
    },
    override: `services:
  web:
    container_name: "web-blue"
  cron:
    network_mode: "container:web-blue"
    volumes_from: !override
      - "container:web-blue:ro"`,
  },
  {
    name: 'pinned and external networks and volumes',
    files: {
      'compose.yaml': `${web('networks: [proxy]\nvolumes: ["data:/data"]')}networks:
  proxy: { external: true }
volumes:
  data: { name: shop-data }
`,
    },
    override: `networks:
  proxy: !override
    name: "proxy-blue"
volumes:
  data:
    name: "shop-data-blue"`,
    notes: ['it is external, so the new one connects only these services'],
  },
  {
    name: 'a subnet and an address',
    files: {
      'compose.yaml': `${web('networks: { back: { ipv4_address: 10.9.0.5 } }')}  api:
    image: api
    environment: { WEB: "http://10.9.0.5/" }
networks:
  back: { ipam: { config: [{ subnet: 10.9.0.0/24 }] } }
`,
    },
    override: `networks:
  back:
    ipam:
      config: !reset null
services:
  web:
    networks:
      back:
        ipv4_address: !reset null`,
    notes: ['api still refers to 10.9.0.5'],
  },
  {
    name: 'an image that is built here, wherever it is used',
    files: {
      'compose.yaml': 'services:\n  web: { build: ., image: "shop/app" }\n  job: { image: "shop/app" }\n',
    },
    override: `services:
  web:
    image: "shop/app:latest-blue"
  job:
    image: "shop/app:latest-blue"`,
  },
  {
    name: 'a folder of the host',
    files: { 'compose.yaml': web('volumes: ["/srv/shop/db:/var/lib/db:z", "./own:/own", "/srv/ro:/ro:ro"]') },
    override: 'services:\n  web:\n    volumes:\n      - "/srv/shop/db-blue:/var/lib/db:z"',
  },
  {
    name: 'a folder in the long syntax, and one beside the checkout',
    files: {
      'compose.yaml': web(
        'volumes: [{ type: bind, source: /srv/db, target: /db, bind: { create_host_path: true } }, "../data:/data"]',
      ),
    },
    override: `services:
  web:
    volumes:
      - type: "bind"
        source: "/srv/db-blue"
        target: "/db"
        bind:
          create_host_path: true
      - "../data-blue:/data"`,
  },
  {
    name: 'a folder of the system stays',
    files: { 'compose.yaml': web('volumes: ["/var/run/docker.sock:/var/run/docker.sock"]') },
    override: '',
    notes: ['it belongs to the system'],
  },
  {
    name: 'a volume that stands for a folder',
    files: {
      'compose.yaml': `${web('volumes: ["data:/data"]')}volumes:
  data: { driver_opts: { type: none, o: bind, device: /srv/data } }
`,
    },
    override: 'volumes:\n  data:\n    driver_opts: !reset null',
    notes: ['the copy starts with an empty volume'],
  },
  {
    name: 'addresses of the host follow the port, and keep a dollar',
    files: {
      'compose.yaml': `${web('ports: ["8080:80"]\nenvironment: { API: "http://localhost:9000/$$x", OWN: "http://localhost:8080" }')}  api:
    image: api
    ports: ["9000:9000"]
    environment: ["SELF=http://localhost:9000", "LISTEN=0.0.0.0:9000"]
`,
    },
    override: `services:
  web:
    ports: !override
      - "8180:80"
    environment:
      API: "http://localhost:9100/$$x"
      OWN: "http://localhost:8180"
  api:
    ports: !override
      - "9100:9000"`,
    notes: ['the container listens on this port itself, so only you can say which one is meant'],
  },
  {
    name: 'an address that a container gets by env_file',
    files: {
      'compose.yaml': web('ports: ["8080:80"]\nenv_file: app.env'),
      'app.env': 'URL=http://localhost:8080\nNAME=x\n',
    },
    override: `services:
  web:
    ports: !override
      - "8180:80"
    environment:
      URL: "http://localhost:8180"`,
  },
  {
    name: 'an address in the env file that no container gets',
    files: { 'compose.yaml': web('ports: ["8080:80"]'), '.env': "APP_URL='http://localhost:8080/x'\n" },
    override: 'services:\n  web:\n    ports: !override\n      - "8180:80"',
    env: ["APP_URL='http://localhost:8180/x'"],
  },
  {
    name: 'a name that the project name is part of differs already',
    files: { 'compose.yaml': web('container_name: "$' + '{COMPOSE_PROJECT_NAME}-web"') },
    override: '',
  },
]

describe('a copy', () => {
  test.each(ROWS)('$name', ({ files, override, env = [], notes = [] }) => {
    const plan = copyOf(files)
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(bodyOf(plan)).toBe(['name: shop-blue', override].filter((part) => part !== '').join('\n'))
    expect(plan.assignments.map(({ key, text }) => `${key}=${text}`)).toEqual(env)
    expect(plan.changes.flatMap(({ note }) => note ?? [])).toEqual(notes)
  })

  test('that would share a port of the host cannot be made', () => {
    const plan = copyOf({ 'compose.yaml': web('network_mode: host') })
    expect(hasErrors(plan.problems)).toBe(true)
    expect(plan.problems[0]).toMatchObject({ code: 'cannot-isolate', file: 'compose.yaml', line: 4 })
  })

  test('has an override of its own in COMPOSE_FILE where the project has one already', () => {
    const plan = copyOf(
      { 'compose.yaml': web('ports: ["8080:80"]'), '.env': 'COMPOSE_PROJECT_NAME=shop\n' },
      { override: { file: 'compose.blue.yaml', isDefault: false } },
    )
    expect(plan.assignments.map(({ key, text }) => `${key}=${text}`)).toEqual([
      'COMPOSE_PROJECT_NAME=shop-blue',
      'COMPOSE_FILE=compose.yaml:compose.blue.yaml',
    ])
    expect(bodyOf(plan)).not.toContain('name:')
  })

  test('moves on from an offset that a sibling has', () => {
    const files = { 'compose.yaml': web('ports: ["8080:80"]') }
    const free = copyOf(files, { offset: { stated: undefined, modulus: 1000 } })
    const sibling = { ...(free.footprint as NonNullable<typeof free.footprint>), names: new Set<string>() }
    const moved = copyOf(files, { offset: { stated: undefined, modulus: 1000 }, taken: [sibling] })
    expect(hasErrors(moved.problems)).toBe(false)
    expect(moved.offset).not.toBe(free.offset)
  })

  test('of which no port is left is refused', () => {
    const plan = copyOf(
      { 'compose.yaml': web('ports: ["65535:80"]') },
      { offset: { stated: undefined, modulus: 1 } },
    )
    expect(plan.problems.map(({ code }) => code)).toEqual(['no-offset'])
  })
})
