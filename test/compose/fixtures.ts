// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what Compose files look like
import type { Project } from './oracle.js'

const web = (ports: string, rest = '') => `services:\n  web:\n    image: nginx\n${rest}    ports: ${ports}\n`

/** Projects that Compose reads, by what they show; the differential test holds our reading against Compose's. */
export const PROJECTS: Readonly<Record<string, Project>> = {
  'short syntax': {
    files: {
      'compose.yaml': web(
        '[8080:80, "127.0.0.1:8000-8010:80-90/udp", "[::1]:8081:81", "82", 83, 0x54, 0125, "0:86", "8100-8110:87", ":88", "127.0.0.1::89", "90/SCTP", 22:22]',
      ),
    },
  },
  'long syntax': {
    files: {
      'compose.yaml': web(
        '[{target: 80}, {target: "81", published: 8081}, {target: 82, published: "8000-8010", protocol: udp, mode: host}, {target: 83, published: "${P}", host_ip: 127.0.0.1, name: x, app_protocol: http}]',
      ),
    },
  },
  'variables, set, empty and unset': {
    files: {
      'compose.yaml': web(
        '["${A_HOST_PORT}:80", "${B:-8081}:81", "${C-8082}:82", "${D:-${A_HOST_PORT}}:83", "${E:+9}84:84", "${IP}:${F}:85", "$A_HOST_PORT:86", "${WHOLE}", "${A_HOST_PORT:?no port}:87"]',
      ),
    },
    env: { A_HOST_PORT: '8080', B: '', C: '', E: 'x', IP: '127.0.0.1', WHOLE: '9000-9001:90-91/udp' },
  },
  'a bare dollar': {
    files: { 'compose.yaml': web('["80:80"]', '    command: ["$$HOME", "a$", "${X-$$}"]\n') },
  },
  'anchors, aliases and merge keys': {
    files: {
      'compose.yaml': `x-base: &base
  image: nginx
  ports: &ports ["8080:80", "\${P:-8081}:81"]
x-more: &more {image: redis, ports: ["7000:70"]}
services:
  a: *base
  b: {<<: *base, image: redis}
  c: {<<: *base, ports: ["9000:90"]}
  d: {<<: [*more, *base]}
  e: {image: x, ports: *ports}
`,
    },
  },
  'extends within a file': {
    files: {
      'compose.yaml': `services:
  a: {extends: {service: b}, ports: ["8081:81", "8080:80"]}
  b: {extends: c, ports: ["8080:80"]}
  c: {image: nginx, ports: ["8082:82", "8080:80"], volumes: ["./data:/data"]}
  d: {extends: c, ports: !override ["9000:90"]}
  e: {extends: c, ports: !reset []}
`,
    },
  },
  'extends from other files, each with paths of its own': {
    files: {
      'compose.yaml':
        'services:\n  a: {extends: {service: b, file: sub/base.yaml}, volumes: ["./own:/own"]}\n',
      'sub/base.yaml':
        'services:\n  b: {extends: {service: c, file: deep/base.yaml}, ports: ["80:80"], volumes: ["./b:/b"]}\n',
      'sub/deep/base.yaml':
        'services:\n  c: {image: nginx, ports: ["81:81", "${P:-82}:82"], volumes: ["../c:/c:ro", "named:/n"]}\nvolumes: {named: {}}\n',
      'volumes.yaml': 'volumes: {named: {}}\n',
    },
    entries: ['compose.yaml', 'volumes.yaml'],
  },
  'include, nested, with env files and project directories': {
    files: {
      'compose.yaml': `include:
  - features/redis/compose.yaml
  - path: [features/mail/compose.yaml, features/mail/more.yaml]
    project_directory: other
    env_file: features/mail/mail.env
  - features/web/compose.yaml
services:
  app: {image: x, ports: ["\${APP:-3000}:3000"]}
`,
      'features/redis/compose.yaml':
        'services:\n  redis: {image: redis, ports: ["${REDIS_HOST_PORT}:6379"], volumes: ["./data:/data"]}\n',
      'other/here': '',
      'features/redis/.env': 'REDIS_HOST_PORT=6380\nAPP=1\n',
      'features/mail/compose.yaml':
        'services:\n  mail: {image: m, ports: ["${MAIL}:25", "${UI}:8025"], volumes: ["./m:/m"]}\n',
      'features/mail/more.yaml': 'services:\n  mail: {ports: ["${MORE:-26}:26"]}\n',
      'features/mail/mail.env': 'MAIL=1025\nUI=${UI_BASE}5\nMORE=$MAIL\n',
      'features/web/compose.yaml':
        'include: [../redis/compose.yaml]\nservices:\n  web: {image: w, ports: ["81:80"]}\n',
    },
    env: { MAIL: '2525', UI_BASE: '802' },
  },
  'several files': {
    files: {
      'compose.yaml': `name: one
services:
  a: {image: x, ports: ["8080:80", "8000-8003:90-93", 70], environment: {A: "\${A}", B: "\${B}"}, command: "\${C}"}
  b: {image: x, ports: ["80:80"]}
  c: {image: x, ports: ["81:81"], networks: [n]}
networks: {n: {}}
`,
      'b.yaml': `services:
  a: {ports: ["8080:80", {target: 91, published: "8001"}, "0.0.0.0:70:70"], environment: ["A=\${A2}"], command: ["\${C2}"]}
  b: {ports: !override ["82:82"]}
  c: {ports: !reset null, networks: {n: {aliases: ["\${ALIAS:-x}"]}}}
  d: {image: y, ports: ["83:83/udp", "83:83"], profiles: [debug], network_mode: host}
`,
      'sub/c.yaml': 'services:\n  b: {ports: ["84:84"], volumes: ["./x:/x"]}\n',
    },
    entries: ['compose.yaml', 'b.yaml', 'sub/c.yaml'],
  },
  'several documents in one file': {
    files: {
      'compose.yaml':
        'services:\n  a: {image: x, ports: ["80:80"]}\n---\nservices:\n  a: {ports: ["81:81"]}\n  b: {image: y, ports: !reset []}\n',
    },
  },
  volumes: {
    files: {
      'compose.yaml': `services:
  a:
    image: x
    volumes: [data:/data, ./b:/b, "/abs:/c:ro", "../up:/d:ro,z", /anon, {type: bind, source: ./l, target: /l, read_only: true}, {type: volume, source: data, target: /v}, {type: tmpfs, target: /t}, "\${DIR:-./e}:/e", "./f/../g:/g/"]
volumes: {data: {}, ext: {external: true, name: shared}}
networks: {n: {external: {name: old}}}
`,
    },
  },
  'odd YAML': {
    files: {
      'compose.yaml': `\ufeff%YAML 1.1
---
"services":
  ? a
  : image: >-
      nginx
    ports:
    - >-
      8080:80
    - '8081:81' # comment
    -   "8082:\\x382"
    -
      target: 83
      published:   "8083"
    environment: {YES: yes, N: no, "q": ~, n: 1_000}
    labels:
      on: off
...
`,
    },
  },
  'gaps in services that no profile starts, or that another file fills': {
    files: {
      'compose.yaml':
        'services: {a: {ports: ["80:80"], networks: [n]}, b: {image: x, networks: [default]}}\n',
      'b.yaml': 'services: {a: {image: x}, c: {depends_on: [a], image: x}}\nnetworks: {n: }\n',
    },
    entries: ['compose.yaml', 'b.yaml'],
  },
  'what Compose passes over in an extended file': {
    files: {
      'compose.yaml': 'services: {a: {extends: {service: b, file: b.yaml}}}\n',
      'b.yaml':
        'foo: 1\nservices: {b: {image: x}, c: {foo: 1, mem_limit: z, ports: [{target: 80, host_ip: z}]}, d: }\n',
    },
  },
  'a published port that is none, until a later file': {
    files: {
      'compose.yaml': 'services: {a: {image: x, ports: [{target: 80, published: z}]}}\n',
      'b.yaml': 'services: {a: {ports: !override ["80:80"]}}\n',
    },
    entries: ['compose.yaml', 'b.yaml'],
  },
  CRLF: { files: { 'compose.yaml': web('\n    - "80:80"\n    - 81:81').replaceAll('\n', '\r\n') } },
}

const two = (first: string, second: string): Project => ({
  files: { 'compose.yaml': first, 'b.yaml': second },
  entries: ['compose.yaml', 'b.yaml'],
})
const bad = 'services:\n  a:\n    image: x\n    ports:\n      - "x:80"\n'
const extended = (unused: string): Project => ({
  files: {
    'compose.yaml': 'services: {a: {extends: {service: b, file: b.yaml}}}\n',
    'b.yaml': `services:\n  b: {image: x}\n  c: ${unused}\n`,
  },
})
const included = (paths: string, b: string, c: string, rest = ''): Project => ({
  files: { 'compose.yaml': `include: [{path: ${paths}}]\n${rest}`, 'b.yaml': b, 'c.yaml': c },
})
const nested = (entry: string): Project => ({
  files: {
    'compose.yaml': 'include: [one/compose.yaml]\n',
    'one/compose.yaml': 'include: [two/compose.yaml]\n',
    'one/two/compose.yaml': `include:\n  - ${entry}\n`,
    'one/two/three/compose.yaml': 'services: {a: {image: x}}\n',
    'one/two/x.env': '',
  },
})

/** Projects that Compose refuses for what is not in the end, or not all of it; and where we see the reason. */
export const REFUSED_PROJECTS: Readonly<Record<string, Project & { readonly at: string }>> = {
  'a bad port that a later file resets': {
    ...two(bad, 'services: {a: {ports: !reset []}}\n'),
    at: 'compose.yaml:5',
  },
  'a bad port that a later file overrides': {
    ...two(bad, 'services: {a: {ports: !override ["80:80"]}}\n'),
    at: 'compose.yaml:5',
  },
  'a bad port of a service that a later file resets': {
    ...two(bad, 'services: {b: {image: x}, a: !reset null}\n'),
    at: 'compose.yaml:5',
  },
  'ports that are no list, until a later document': {
    files: {
      'compose.yaml': `${bad.replace(/\n.*\n$/, ' 80\n')}---\nservices: {a: {ports: !override []}}\n`,
    },
    at: 'compose.yaml:4',
  },
  'a key that a later file resets': {
    ...two('services:\n  a: {image: x, foo: 1}\n', 'services: {a: {foo: !reset null}}\n'),
    at: 'compose.yaml:2',
  },
  'a bad number that a later file resets': {
    ...two('services:\n  a: {image: x, scale: two}\n', 'services: {a: {scale: !reset null}}\n'),
    at: 'compose.yaml:2',
  },
  'a bad port of an unused service of an extended file': {
    ...extended('{image: x, ports: ["x:80"]}'),
    at: 'b.yaml:3',
  },
  'ports that are no list, there': { ...extended('{image: x, ports: 80}'), at: 'b.yaml:3' },
  'a port without a target, there': { ...extended('{image: x, ports: [{published: 80}]}'), at: 'b.yaml:3' },
  'a bad switch there': { ...extended('{image: x, init: maybe}'), at: 'b.yaml:3' },
  'no services in the second path of an include': {
    ...included('[b.yaml, c.yaml]', 'services: {b: {image: x}}\n', '# c\nservices:\n'),
    at: 'c.yaml:2',
  },
  'no services in the first path of an include': {
    ...included('[b.yaml, c.yaml]', 'services:\n', 'services: {b: {image: x}}\n'),
    at: 'b.yaml:1',
  },
  'no services beside an include': {
    ...included('b.yaml', 'services: {b: {image: x}}\n', '', 'services:\n'),
    at: 'compose.yaml:2',
  },
  'no volumes beside an include that has some': {
    ...included('b.yaml', 'services: {b: {image: x}}\nvolumes: {v: }\n', '', 'volumes:\n'),
    at: 'compose.yaml:2',
  },
  'no services in the second file': { ...two('services: {a: {image: x}}\n', 'services:\n'), at: 'b.yaml:1' },
  'an env file of an include three files deep': {
    ...nested('{path: three/compose.yaml, env_file: x.env}'),
    at: 'one/two/compose.yaml:2',
  },
  'a service with neither image nor build': {
    files: { 'compose.yaml': 'services:\n  a: {ports: ["80:80"]}\n' },
    at: 'compose.yaml:2',
  },
  'a service whose image is reset': {
    ...two('services:\n  a: {image: x}\n', 'services: {a: {image: !reset null}}\n'),
    at: 'b.yaml:1',
  },
  'an included service with neither image nor build': {
    ...included('b.yaml', 'services:\n  b: {ports: ["80:80"]}\n', ''),
    at: 'b.yaml:2',
  },
  ...Object.fromEntries(
    [
      'depends_on: [bb]',
      'links: ["bb:c"]',
      'volumes_from: ["bb:ro"]',
      'network_mode: "service:bb"',
      'networks: [bb]',
      'networks: {bb: }',
      'volumes: ["bb:/b"]',
      'volumes: [{type: volume, source: bb, target: /b}]',
      'secrets: [bb]',
      'configs: [{source: bb}]',
    ].map((body) => [
      `${body}, which is nowhere`,
      { files: { 'compose.yaml': `services:\n  a: {image: x, ${body}}\n` }, at: 'compose.yaml:2' },
    ]),
  ),
}
