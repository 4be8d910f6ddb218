// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what templates and Compose files look like
/** A table for each rule, beyond its examples: what it finds, and what it lets pass. */
import { describe, expect, test } from 'vitest'
import type { LintCode } from '../../src/lint/registry.js'
import { lintFeature } from '../../src/lint/registry.js'
import type { Example } from '../../src/lint/rule.js'
import { fixed, found, indexOf, lint, sourcesOf } from './support.js'

/** A template, a Compose file, and what else is there; then where the rule finds something. */
interface Case {
  readonly name: string
  readonly env?: string
  readonly compose?: string
  readonly more?: Example
  /** `.env.example:3` or `compose.yaml:4`; none: the rule is silent. */
  readonly at?: readonly string[]
}

const service = (lines: string, rest = '') => `services:\n  redis:\n    image: redis:7\n${lines}${rest}`
const ports = (...items: string[]) =>
  service(`    ports:\n${items.map((item) => `      - ${item}\n`).join('')}`)

const CASES: Readonly<Record<LintCode, readonly Case[]>> = {
  'env-refused': [
    { name: 'an open quote', env: 'A=1\nB="x\n', at: ['.env.example:2'] },
    { name: 'a malformed reference', env: 'A=${1}\n', at: ['.env.example:1'] },
    { name: 'a space in the name', env: 'A B=1\n', at: ['.env.example:1'] },
    { name: 'both, a value and the parse', env: 'A=${1}\nB="x\n', at: ['.env.example:1', '.env.example:2'] },
    { name: 'a variable that the shell has to give', env: 'A=${B:?}\n' },
    { name: 'no template at all', compose: service('') },
  ],
  'readers-differ': [
    { name: 'a comment without a blank before it', env: 'A=1#c\n', at: ['.env.example:1'] },
    { name: 'a comment behind a tab', env: 'A=1\t# c\n', at: ['.env.example:1'] },
    { name: 'backticks', env: 'A=`a b`\n', at: ['.env.example:1'] },
    { name: 'an escape', env: 'A="a\\tb"\n', at: ['.env.example:1'] },
    { name: 'a doubled dollar', env: 'A=a$$b\n', at: ['.env.example:1'] },
    { name: 'a name that dotenv does not know', env: 'É=1\n', at: ['.env.example:1'] },
    { name: 'the last of several statements', env: 'A=1#c\nA=1\n' },
    { name: 'a reference', env: 'A=1\nB=http://h:${A}/$A\n' },
    { name: 'a reference with a default', env: 'B=${A:-x}\n' },
    { name: 'single quotes', env: "A='#f00 $x'\n" },
    { name: 'a name alone', env: 'A\n' },
  ],
  'unset-reference': [
    { name: 'bcrypt in double quotes', env: 'A="$2a$12$abc/d"\n', at: ['.env.example:1'] },
    { name: 'bcrypt in single quotes', env: "A='$2a$12$abc/d'\n" },
    { name: 'two of them', env: 'A=$B${C}\n', at: ['.env.example:1', '.env.example:1'] },
    { name: 'the same one twice', env: 'A=$B$B\n', at: ['.env.example:1'] },
    { name: 'one in a default', env: 'A=${B:-$C}\n', at: ['.env.example:1'] },
    { name: 'itself', env: 'A=$A:x\n', at: ['.env.example:1'] },
    { name: 'defaults, alternatives and messages', env: 'A=${B:-}${C-}${D:+x}${E+x}${F:?m}${G?m}\n' },
    { name: 'a literal dollar', env: 'A="\\$B"\nB2=$$C\nC2=5$\n' },
    { name: 'one that stands above', env: 'B=1\nA=$B\n' },
    { name: 'one that is inherited above', env: 'B\nA=$B\n' },
    { name: "another feature's", env: 'A=$B\n', more: { 'features/mail/.env.example': 'B=1\n' } },
  ],
  'forward-reference': [
    { name: 'in double quotes', env: 'A="$B"\nB=1\n', at: ['.env.example:1'] },
    { name: 'below', env: 'B=1\nA="$B"\n' },
    { name: 'in a circle', env: 'A=$B\nB=$A\n', at: ['.env.example:1'] },
    { name: 'with a default', env: 'A=${B:-2}\nB=1\n' },
  ],
  'duplicate-key': [
    { name: 'three times', env: 'A=1\nA=1\nexport A:1\n', at: ['.env.example:2', '.env.example:3'] },
    { name: 'in upper and lower case', env: 'A=1\na=1\n' },
  ],
  'missing-equals': [
    { name: 'in the last line, without an end', env: 'A=1\nB', at: ['.env.example:2'] },
    { name: 'with a colon', env: 'A:1\nB: 2\n' },
  ],
  conflict: [
    {
      name: 'quoted otherwise, but the same',
      env: 'A="x"\n',
      more: { 'features/mail/.env.example': "A='x'\n" },
    },
    {
      name: 'one of two others',
      env: 'B=1\nA=x\n',
      more: { 'features/mail/.env.example': 'A=x\n', 'features/web/.env.example': 'A=y\n' },
      at: ['.env.example:2'],
    },
    {
      name: 'only the value that counts',
      env: 'A=y\nA=x\n',
      more: { 'features/mail/.env.example': 'A=x\n' },
    },
    {
      name: 'a port variable',
      env: 'A_HOST_PORT=1\n',
      more: { 'features/mail/.env.example': 'A_HOST_PORT=2\n' },
      at: ['.env.example:1'],
    },
  ],
  'reserved-variable': [
    {
      name: 'the shell',
      env: 'PATH=/x\nLD_PRELOAD=x\nDOCKER_HOST=y\n',
      at: ['.env.example:1', '.env.example:2', '.env.example:3'],
    },
    { name: 'no more than alike', env: 'MY_PATH=/x\nCOMPOSER=1\n' },
  ],
  secret: [
    {
      name: 'a private key over lines',
      env: 'A="-----BEGIN RSA PRIVATE KEY-----\nMIIx\n"\n',
      at: ['.env.example:1'],
    },
    { name: 'a GitHub token', env: `A=${'gh'}p_${'a1B2c3D4e5F6'.repeat(3)}\n`, at: ['.env.example:1'] },
    { name: 'a Stripe key', env: `A=${'sk'}_live_4eC39HqLyjWDarjtT1zdp7dc\n`, at: ['.env.example:1'] },
    {
      name: 'a token in a URL',
      env: `A=https://x:${'gl'}pat-a1B2c3D4e5F6g7H8i9J0@git\n`,
      at: ['.env.example:1'],
    },
    {
      name: 'a Slack webhook',
      env: `A=https://hooks.slack.${'com'}/services/T0A1B2C3D/B0A1B2C3D/a1B2c3D4e5F6g7H8i9J0k1L2\n`,
      at: ['.env.example:1'],
    },
    {
      name: 'an Azure key',
      env: `A="DefaultEndpointsProtocol=https;AccountName=x;Account${'Key'}=${'a1B2c3D4+/'.repeat(8)}a1B2c3==;EndpointSuffix=core"\n`,
      at: ['.env.example:1'],
    },
    { name: 'the example of the provider', env: 'A=AKIAIOSFODNN7EXAMPLE\n' },
    { name: 'a filled-in form', env: `A=${'gh'}p_${'x'.repeat(36)}\n` },
    { name: 'a public key', env: 'A="-----BEGIN PUBLIC KEY-----\nMIIx\n"\n' },
  ],
  'random-secret': [
    { name: 'hex digits', env: 'APP_SECRET=3f8a9c0d47e1b256a90fe83c7d1e24b5\n', at: ['.env.example:1'] },
    { name: 'in a URL', env: 'DB_URL=mysql://root:m7Qz2vXp9LrT4wYk8NbH@db/x\n', at: ['.env.example:1'] },
    {
      name: 'placeholders',
      env: 'A_SECRET=change-me-1234567890\nB_TOKEN=<your-token-of-2024>\nC_PASSWORD=secret\n',
    },
    { name: 'words', env: 'A_PASSWORD=correct-horse-battery-staple\n' },
    {
      name: 'more names, a dollar in it, and a key in a URL',
      env: 'SECRET_KEY_BASE=3f8a9c0d47e1b256a90fe83c7d1e24b5\nA_PASSWORD=Xk9#mP2$vL5@nQ8w\nDSN=https://3f8a9c0d47e1b256a90fe83c7d1e24b5@o1.ingest.sentry.io/2\n',
      at: ['.env.example:1', '.env.example:2', '.env.example:3'],
    },
    {
      name: 'keys that are none, and words with numbers',
      env: 'PUBLIC_KEY=04a1b2c3d4e5f60718293a4b5c6d7e8f\nCACHE_KEY=app:v1:session:store2\nPRIMARY_KEY=user_id_primary_key_1\nB_KEY=app:v1:session:store2\nSECRET_NAME=m7Qz2vXp9LrT4wYk8NbH\n',
    },
    { name: 'another name', env: 'IMAGE_DIGEST=3f8a9c0d47e1b256a90fe83c7d1e24b5\n' },
    { name: 'a path to it', env: 'A_SECRET=/run/secrets/m7Qz2vXp9LrT4wYk8NbH\n' },
    { name: 'of the product', env: 'A_TOKEN=__PRODUCT__m7Qz2vXp9LrT4\n' },
  ],
  'no-comment': [
    { name: 'behind it', env: 'A_HOST_PORT=1 # port\n' },
    { name: 'with a blank line between', env: '# port\n\nA_HOST_PORT=1\n' },
    { name: 'a comment that says nothing', env: '#\nA_HOST_PORT=1\n', at: ['.env.example:2'] },
    {
      name: 'the second under one comment',
      env: '# ports\nA_HOST_PORT=1\nB_HOST_PORT=2\n',
      at: ['.env.example:3'],
    },
    { name: 'no port variable', env: 'A=1\n' },
  ],
  'space-in-value': [
    { name: 'a blank in front', env: "A=' x'\n", at: ['.env.example:1'] },
    { name: 'a tab', env: 'A="x\t"\n', at: ['.env.example:1'] },
    { name: 'a no-break space in quotes', env: 'A="x\u00a0"\n', at: ['.env.example:1'] },
    { name: 'a zero-width space', env: 'A=x\u200b\n', at: ['.env.example:1'] },
    { name: 'a byte order mark', env: 'A=x\ufeff\n', at: ['.env.example:1'] },
    { name: 'blanks that both readers cut off', env: 'A=x \nB= y\t\nC=x\u00a0\n' },
    { name: 'the last newline of a certificate', env: 'A="x\ny\n"\n' },
    { name: 'in between', env: 'A="x y"\n' },
  ],
  'compose-refused': [
    { name: 'no YAML', compose: 'services: [\n', at: ['compose.yaml:1'] },
    {
      name: 'an include that is not there',
      compose: `include: [no.yaml]\n${service('')}`,
      at: ['compose.yaml:1'],
    },
    { name: 'a port that is none', compose: ports('"x:80"'), at: ['compose.yaml:5'] },
    {
      name: 'a key of a service that Compose does not know',
      compose: service('    port: ["80:80"]\n'),
      at: ['compose.yaml:4'],
    },
    { name: 'a version that is a number', compose: `version: 3.8\n${service('')}`, at: ['compose.yaml:1'] },
    {
      name: 'a duration without its unit',
      compose: service('    healthcheck: {test: x, interval: 5}\n'),
      at: ['compose.yaml:4'],
    },
    { name: 'a profile that is no list', compose: service('    profiles: dev\n'), at: ['compose.yaml:4'] },
    { name: 'a size that is none', compose: service('    mem_limit: 5x\n'), at: ['compose.yaml:4'] },
    {
      name: 'two kinds of network',
      compose: service('    network_mode: host\n    networks: [default]\n'),
      at: ['compose.yaml:4'],
    },
    {
      name: 'services that wait for each other',
      compose: service('    links: [b]\n', '  b: {image: x, depends_on: [redis]}\n'),
      at: ['compose.yaml:5'],
    },
    { name: 'a tab as indentation', compose: 'services:\n  a:\n\timage: x\n', at: ['compose.yaml:3'] },
    {
      name: 'a value that the product gives',
      compose: service('    mem_limit: ${REDIS_MEM:-}\n    restart: ${R:-}\n'),
    },
    { name: 'one that is remote', compose: `include: [oci://example.org/redis:7]\n${service('')}` },
    {
      name: "another feature's file, which is that one's matter",
      compose: `include: [../mail/compose.yaml]\n${service('')}`,
      more: { 'features/mail/compose.yaml': 'services: [\n' },
    },
  ],
  'no-image': [
    { name: 'nothing but a command', compose: 'services:\n  a:\n    command: x\n', at: ['compose.yaml:2'] },
    { name: 'an empty image', compose: 'services: {a: {image: ""}}\n', at: ['compose.yaml:1'] },
    { name: 'a build', compose: 'services: {a: {build: .}}\n' },
    { name: 'a provider', compose: 'services: {a: {provider: {type: x}}}\n' },
    { name: 'an image that the product names', compose: 'services: {a: {image: "${A_IMAGE:?}"}}\n' },
    { name: 'one that it extends', compose: 'services: {a: {extends: b}, b: {image: x}}\n' },
  ],
  'env-file': [
    {
      name: 'a list',
      compose: service('    env_file: [a.env, b.env]\n'),
      at: ['compose.yaml:4', 'compose.yaml:4'],
    },
    { name: 'the long form', compose: service('    env_file: [{path: a.env}]\n'), at: ['compose.yaml:4'] },
    { name: 'an optional one', compose: service('    env_file: [{path: a.env, required: false}]\n') },
    {
      name: 'one that is there',
      compose: service('    env_file: a.env\n'),
      more: { 'features/redis/a.env': 'A=1\n' },
    },
    {
      name: 'a quote that is not closed, in an optional one too',
      compose: service('    env_file: [{path: ./x/a.env, required: false}]\n'),
      more: { 'features/redis/x/a.env': 'B=1\nA="1\n' },
      at: ['x/a.env:2'],
    },
    {
      name: 'the same, raw',
      compose: service('    env_file: [{path: a.env, format: raw}]\n'),
      more: { 'features/redis/a.env': 'A="1\n' },
    },
    {
      name: 'values of the template, and what only the shell has',
      env: '# x\nX_Y=1\n',
      compose: service('    env_file: a.env\n'),
      more: { 'features/redis/a.env': 'A=${X_Y}${Z:?}\n' },
    },
    { name: 'labels', compose: service('    label_file: a.labels\n'), at: ['compose.yaml:4'] },
    { name: 'the name of which the product gives', compose: service('    env_file: ${A_FILE:?}\n') },
    { name: 'a product env', compose: service('    env_file: ../../products/shop/.env\n') },
    {
      name: 'outside of the workspace',
      compose: service('    env_file: [/etc/a.env, ~/a.env, ../../../a.env]\n'),
    },
    {
      name: 'a product that chooses where paths start',
      compose: service('    env_file: .env\n'),
      more: {
        'products/shop/compose.yaml':
          'include: [{path: ../../features/redis/compose.yaml, project_directory: .}]\n',
      },
    },
    {
      name: 'in an included folder',
      compose: `include: [sub/c.yaml]\n${service('')}`,
      more: {
        'features/redis/sub/c.yaml': 'services: {a: {image: x, env_file: [a.env, b.env]}}\n',
        'features/redis/sub/a.env': 'A=1\n',
      },
      at: ['sub/c.yaml:1'],
    },
    {
      name: "another feature's service",
      compose: `include: [../mail/compose.yaml]\n${service('')}`,
      more: { 'features/mail/compose.yaml': 'services: {mail: {image: x, env_file: .env}}\n' },
    },
  ],
  'unknown-service': [
    {
      name: 'each way to depend',
      compose: service(
        '    depends_on: {a: {condition: service_started}}\n    links: ["b:x"]\n    volumes_from: ["c:ro"]\n    ipc: service:d\n    pid: service:e\n    network_mode: service:f\n',
      ),
      at: [4, 5, 6, 7, 8, 9].map((line) => `compose.yaml:${line}`),
    },
    {
      name: 'an included one',
      compose: `include: [b.yaml]\n${service('    depends_on: [b]\n')}`,
      more: { 'features/redis/b.yaml': 'services: {b: {image: x}}\n' },
    },
    {
      name: 'one of another feature, or of a product',
      compose: service('    depends_on: [mail, web]\n'),
      more: {
        'features/mail/compose.yaml': 'services:\n  mail:\n    image: x\n',
        'products/shop/compose.yaml': 'services: {"web": {image: x}}\n',
      },
    },
    {
      name: 'one that another feature only speaks of',
      compose: service('    depends_on: [mail]\n'),
      more: { 'features/web/compose.yaml': 'services: {web: {image: mail, depends_on: [mail]}}\n' },
      at: ['compose.yaml:4'],
    },
    { name: 'one that the product names', compose: service('    depends_on: ["${OTHER:?}"]\n') },
    {
      name: 'one with a profile',
      compose: 'services: {a: {image: x, depends_on: [b]}, b: {image: x, profiles: [p]}}\n',
    },
  ],
  'undeclared-resource': [
    {
      name: 'networks, secrets and configs',
      compose: service('    networks: {a: }\n    secrets: [b]\n    configs: [{source: c}]\n'),
      at: ['compose.yaml:4', 'compose.yaml:5', 'compose.yaml:6'],
    },
    { name: 'the default network', compose: service('    networks: [default]\n') },
    {
      name: 'declared',
      compose: service(
        '    networks: [a]\n    secrets: [b]\n    configs: [c]\n',
        'networks: {a: }\nsecrets: {b: {file: x}}\nconfigs: {c: {file: x}}\n',
      ),
    },
    {
      name: 'declared by a product',
      compose: service('    networks: [backend]\n'),
      more: { 'products/shop/compose.yaml': 'networks:\n  backend:\n' },
    },
    { name: 'the name of which the product gives', compose: service('    networks: ["${NET:?}"]\n') },
  ],
  'undeclared-volume': [
    {
      name: 'in the long syntax',
      compose: service('    volumes: [{type: volume, source: x, target: /x}]\n'),
      at: ['compose.yaml:4'],
    },
    { name: 'anonymous', compose: service('    volumes: [/x]\n') },
    { name: 'external', compose: service('    volumes: ["x:/x"]\n', 'volumes: {x: {external: true}}\n') },
    {
      name: 'declared in an included file',
      compose: `include: [v.yaml]\n${service('    volumes: ["x:/x"]\n')}`,
      more: { 'features/redis/v.yaml': 'volumes: {x: {}}\n' },
    },
  ],
  'unset-variable': [
    {
      name: 'in the environment, in a default, once each',
      compose: service('    environment:\n      A: $X\n      B: ${X}${Y:-$Z}\n'),
      at: ['compose.yaml:5', 'compose.yaml:6'],
    },
    {
      name: 'defaults, alternatives, messages, a literal dollar',
      compose: service('    environment:\n      A: ${A:-}${B-}${C:+x}${D+x}${E:?m}${F?m}$$G\n'),
    },
    {
      name: 'what any template of the feature states',
      env: '# A\nA=1\n',
      compose: service('    environment:\n      A: ${A}${B}\n'),
      more: { 'features/redis/.env.dev.example': '# A\nA=1\n# B\nB=1\n' },
    },
    {
      name: "another feature's",
      compose: service('    environment:\n      A: ${A}\n'),
      more: { 'features/mail/.env.example': '# A\nA=1\n' },
    },
    {
      name: "the project's name, the shell's, a port",
      compose: service('    environment:\n      A: ${COMPOSE_PROJECT_NAME}${HOME}${USER}${A_HOST_PORT}\n'),
    },
    { name: 'a published port', compose: ports('"${P}:1"') },
    {
      name: 'what env files of includes set, for all that is included there',
      compose: 'include:\n  - {path: a/compose.yaml, env_file: [x.env, y.env], project_directory: a}\n',
      more: {
        'features/redis/x.env': 'X=1\n',
        'features/redis/y.env': 'Y=${X}2\n',
        'features/redis/a/compose.yaml': 'include: [b/compose.yaml]\nservices: {a: {image: "a:${X}"}}\n',
        'features/redis/a/b/.env': 'Z=$Y\n',
        'features/redis/a/b/compose.yaml': 'services: {b: {image: "b:${X}${Y}${Z}"}}\n',
      },
    },
    {
      name: 'what an include sets for itself alone',
      compose: `include: [{path: a.yaml, env_file: x.env}]\n${service('    environment: {A: $X}\n')}`,
      more: {
        'features/redis/x.env': 'X=1\n',
        'features/redis/a.yaml': 'services:\n  a:\n    image: a:$X\n    user: $Y\n',
      },
      at: ['compose.yaml:5', 'a.yaml:4'],
    },
    {
      name: "the folder's own .env, which an include reads",
      compose: service('    environment: {A: $X}\n'),
      more: { 'features/redis/.env': 'X=1\n' },
    },
  ],
  'literal-port': [
    {
      name: 'every form',
      compose: ports(
        '6380:6379',
        "'127.0.0.1:6381:6379'",
        '8000-8010:8000-8010/udp',
        '{target: 80, published: 8080}',
      ),
      at: ['compose.yaml:5', 'compose.yaml:6', 'compose.yaml:7', 'compose.yaml:8'],
    },
    { name: 'left to chance', compose: ports('"6379"', '"127.0.0.1::6379"') },
    {
      name: 'in a file that is included',
      compose: `include: [more.yaml]\n${service('')}`,
      more: { 'features/redis/more.yaml': 'services: {a: {image: x, ports: ["80:80"]}}\n' },
      at: ['more.yaml:1'],
    },
    {
      name: "in another feature's",
      compose: `include: [../mail/compose.yaml]\n${service('')}`,
      more: { 'features/mail/compose.yaml': 'services: {a: {image: x, ports: ["80:80"]}}\n' },
    },
    { name: 'of a variable', env: '# p\nA_HOST_PORT=1\n', compose: ports('"${A_HOST_PORT}:1"') },
  ],
  'port-not-shifted': [
    {
      name: 'with a default, not defined',
      compose: ports('"${REDIS_PORT:-6380}:6379"'),
      at: ['compose.yaml:5'],
    },
    {
      name: 'in the long syntax',
      env: 'P=1\n',
      compose: ports('{target: 80, published: "$P"}'),
      at: ['.env.example:1'],
    },
    {
      name: 'twice, said once',
      env: 'P=1\n',
      compose: ports('"$P:80"', '"$P:80/udp"'),
      at: ['.env.example:1'],
    },
    {
      name: 'as the default of a port variable',
      env: 'P=1\n# p\nA_HOST_PORT=2\n',
      compose: ports('"${A_HOST_PORT:-$P}:80"'),
    },
    {
      name: 'in the port of the container',
      env: 'P=1\n# p\nA_HOST_PORT=2\n',
      compose: ports('"${A_HOST_PORT}:$P"'),
    },
    {
      name: 'in the address',
      env: 'IP=127.0.0.1\n# p\nA_HOST_PORT=2\n',
      compose: ports('"$IP:${A_HOST_PORT}:80"'),
    },
  ],
  'port-missing': [
    { name: 'without a default', compose: ports('"${REDIS_HOST_PORT}:6379"'), at: ['compose.yaml:5'] },
    { name: 'of another name', compose: ports('"${REDIS_PORT}:6379"'), at: ['compose.yaml:5'] },
    { name: 'that is required', compose: ports('"${REDIS_HOST_PORT:?}:6379"'), at: ['compose.yaml:5'] },
    {
      name: "another feature's",
      compose: ports('"${A_HOST_PORT}:1"'),
      more: { 'features/mail/.env.example': 'A_HOST_PORT=1\n' },
    },
    { name: 'defined, but empty', env: '# p\nA_HOST_PORT=\n', compose: ports('"${A_HOST_PORT}:1"') },
    {
      name: 'in one of two templates',
      env: '# p\nA_HOST_PORT=1\n',
      compose: ports('"${A_HOST_PORT}:1"'),
      more: { 'features/redis/.env.dev.example': 'A=1\n' },
      at: ['compose.yaml:5'],
    },
  ],
  'port-twice': [
    {
      name: 'by one service',
      compose: ports('${A_HOST_PORT}:80', '${A_HOST_PORT}:81'),
      env: '# p\nA_HOST_PORT=80\n',
      at: ['compose.yaml:6'],
    },
    {
      name: 'with and without a template',
      compose: ports('${A_HOST_PORT:-80}:80', '${A_HOST_PORT:-80}:81'),
      at: ['compose.yaml:6'],
    },
    { name: 'a number, within a range', compose: ports('"80-82:80-82"', '"81:99"'), at: ['compose.yaml:6'] },
    {
      name: 'a number and the variable that has it, the variable of another name not',
      env: 'A_HOST_PORT=80\nB_HOST_PORT=80\n',
      compose: ports('"80:1"', '${A_HOST_PORT}:2', '${B_HOST_PORT}:3'),
      at: ['compose.yaml:6', 'compose.yaml:7'],
    },
    { name: 'any of a range', compose: ports('"80-82:80"', '"80-82:81"') },
    {
      name: 'other protocols, other addresses',
      compose: ports(
        '${A_HOST_PORT}:53',
        '${A_HOST_PORT}:53/udp',
        '127.0.0.1:${B_HOST_PORT}:1',
        '127.0.0.2:${B_HOST_PORT}:1',
      ),
      env: 'A_HOST_PORT=53\nB_HOST_PORT=54\n',
    },
    {
      name: 'all addresses and one of them',
      compose: ports('${A_HOST_PORT}:1', '127.0.0.1:${A_HOST_PORT}:2'),
      env: 'A_HOST_PORT=53\n',
      at: ['compose.yaml:6'],
    },
    {
      name: 'the same twice, which Compose takes for one',
      compose: ports('${A_HOST_PORT}:1', '${A_HOST_PORT}:1'),
      env: 'A_HOST_PORT=53\n',
    },
    ...(
      [
        ['[a]', '[b]', undefined],
        ['[a]', '[b, a]', ['compose.yaml:3']],
        ['[a]', '[]', ['compose.yaml:3']],
      ] as const
    ).map(([one, two, at]) => ({
      name: `profiles ${one} and ${two}`,
      env: 'A_HOST_PORT=53\n',
      compose: `services:\n  a: {image: x, profiles: ${one}, ports: ["\${A_HOST_PORT}:1"]}\n  b: {image: x, profiles: ${two}, ports: ["\${A_HOST_PORT}:1"]}\n`,
      ...(at === undefined ? {} : { at }),
    })),
  ],
  'port-unused': [
    { name: 'without a Compose file', env: '# p\nA_HOST_PORT=1\n' },
    { name: 'with one that is refused', env: '# p\nA_HOST_PORT=1\n', compose: 'services: [\n' },
    {
      name: 'used in an environment',
      env: '# p\nA_HOST_PORT=1\n',
      compose: service('    environment: {A: "${A_HOST_PORT}"}\n'),
    },
    {
      name: 'used by a product',
      env: '# p\nA_HOST_PORT=1\n',
      compose: service(''),
      more: { 'products/shop/compose.yaml': ports('"${A_HOST_PORT}:1"') },
    },
    {
      name: 'used by another feature',
      env: '# p\nA_HOST_PORT=1\n',
      compose: service(''),
      more: { 'features/mail/compose.yaml': ports('"${A_HOST_PORT}:1"') },
    },
    {
      name: 'only used in the template',
      env: '# p\nA_HOST_PORT=1\nB=$A_HOST_PORT\n',
      compose: service(''),
      at: ['.env.example:2'],
    },
  ],
  'port-empty': [
    {
      name: 'zero, an address alone, empty quotes',
      env: '# p\nA_HOST_PORT=0\n# p\nB_PORT_ONE=127.0.0.1:\n# p\nC_PORT_TWO=""\n',
      at: ['.env.example:2', '.env.example:4', '.env.example:6'],
    },
  ],
  'port-not-a-number': [
    {
      name: 'a reference, though it comes to one',
      env: 'P=1\n# p\nA_HOST_PORT=${P}\n',
      at: ['.env.example:3'],
    },
    { name: 'a range that goes down', env: '# p\nA_HOST_PORT=9-8\n', at: ['.env.example:2'] },
    { name: 'a protocol', env: '# p\nA_HOST_PORT=53/udp\n', at: ['.env.example:2'] },
    {
      name: 'ranges, addresses, quotes',
      env: '# p\nA_HOST_PORT=8-9\n# p\nB_HOST_PORT="127.0.0.1:80"\n# p\nC_HOST_PORT=\'[::1]:81\'\n',
    },
  ],
  'port-out-of-range': [
    { name: 'by one', env: '# p\nA_HOST_PORT=64537\n', at: ['.env.example:2'] },
    { name: 'not yet', env: '# p\nA_HOST_PORT=64536\n' },
    { name: 'the end of a range', env: '# p\nA_HOST_PORT=64000-64600\n', at: ['.env.example:2'] },
    { name: 'by itself', env: '# p\nA_HOST_PORT=70000\n', at: ['.env.example:2'] },
  ],
  'privileged-port': [
    { name: 'the edges', env: '# p\nA_HOST_PORT=1023\n# p\nB_HOST_PORT=1024\n', at: ['.env.example:2'] },
    { name: 'the start of a range', env: '# p\nA_HOST_PORT=1000-2000\n', at: ['.env.example:2'] },
    { name: 'a port variable without a port', env: '# p\nA_HOST_PORT=0\n' },
  ],
  'ephemeral-port': [
    {
      name: 'the edges',
      env: '# p\nA_HOST_PORT=31768\n# p\nB_HOST_PORT=31769\n# p\nC_HOST_PORT=60999\n# p\nD_HOST_PORT=61000\n',
      at: ['.env.example:4', '.env.example:6'],
    },
  ],
  'base-port-taken': [
    {
      name: 'by this feature itself',
      env: '# p\nA_HOST_PORT=80\n# p\nB_HOST_PORT=79-81\n',
      at: ['.env.example:4'],
    },
    {
      name: 'by this feature forty times, and by another one',
      env: Array.from({ length: 40 }, (_, i) => `A${i}_HOST_PORT=80\n`).join(''),
      more: { 'features/valkey/.env.example': '# p\nB_HOST_PORT=80\n' },
      at: Array.from({ length: 40 }, (_, i) => `.env.example:${i + 1}`),
    },
    {
      name: 'by TCP and UDP',
      env: '# p\nA_HOST_PORT=53\n# p\nB_HOST_PORT=53\n',
      compose: ports('"${A_HOST_PORT}:53"', '"${B_HOST_PORT}:53/udp"'),
    },
    {
      name: 'by one variable of two features, which one publishes',
      env: '# p\nA_HOST_PORT=53\n',
      compose: ports('"${A_HOST_PORT}:53"'),
      more: { 'features/mail/.env.example': '# p\nA_HOST_PORT=53\n' },
    },
    {
      name: 'by one variable of two features, which both publish',
      env: '# p\nA_HOST_PORT=53\n',
      compose: ports('"${A_HOST_PORT}:53"'),
      more: {
        'features/mail/.env.example': '# p\nA_HOST_PORT=53\n',
        'features/mail/compose.yaml': ports('"${A_HOST_PORT}:53"'),
      },
      at: ['.env.example:2'],
    },
  ],
  'url-base-port': [
    {
      name: 'every name of the host',
      env: '# p\nA_HOST_PORT=80\nA=localhost:80\nB=x@127.0.0.1:80/y\nC=http://host.docker.internal:80\nD=[::1]:80\n',
      at: ['.env.example:3', '.env.example:4', '.env.example:5', '.env.example:6'],
    },
    { name: 'above the variable', env: 'A=localhost:80\n# p\nA_HOST_PORT=80\n', at: ['.env.example:1'] },
    {
      name: 'a service, another port, a longer number',
      env: '# p\nA_HOST_PORT=80\nA=redis:80\nB=localhost:81\nC=localhost:8080\nD=mylocalhost:80\nE=localhost:80.1\n',
    },
    { name: 'a port variable with an address', env: '# p\nA_HOST_PORT=127.0.0.1:80\n' },
    {
      name: 'a subdomain of localhost',
      env: '# p\nA_HOST_PORT=80\nA=http://app.localhost:80\n',
      at: ['.env.example:3'],
    },
    { name: 'an address to listen on', env: '# p\nA_HOST_PORT=80\nA=0.0.0.0:80\n' },
    { name: 'within a range', env: '# p\nA_HOST_PORT=80-90\nA=localhost:85\n', at: ['.env.example:3'] },
    {
      name: 'a variable of a health check, and one of a command',
      env: '# p\nA_HOST_PORT=80\nA=localhost:80\nB=$A\nC=localhost:80\n',
      compose: service(
        '    command: [$C]\n    healthcheck: {test: "curl $B"}\n    ports: ["${A_HOST_PORT}:80"]\n',
      ),
      at: ['.env.example:5'],
    },
    {
      name: 'in the Compose file',
      env: '# p\nA_HOST_PORT=80\n',
      compose: service(
        '    environment:\n      A: http://localhost:80\n    labels: [a=localhost:80]\n    healthcheck: {test: curl localhost:80}\n    command: host.docker.internal:80\n    ports: ["127.0.0.1:${A_HOST_PORT}:80"]\n',
      ),
      at: ['compose.yaml:5', 'compose.yaml:6', 'compose.yaml:8'],
    },
    {
      name: "another feature's, unless the container listens on it, or the number is the feature's own",
      env: 'A=localhost:80\nB=localhost:81\nC=localhost:82\n',
      compose: service('    environment: [B=$B]\n    ports: ["8000:81", "82:1"]\n'),
      more: { 'features/mail/.env.example': '# p\nM_HOST_PORT=80-83\n' },
      at: ['.env.example:1'],
    },
  ],
  'host-port-inside': [
    {
      name: 'behind the name of a service, with and without a scheme',
      env: '# p\nA_HOST_PORT=6380\nA=redis://u:p@redis:$A_HOST_PORT/0\nB=redis:${A_HOST_PORT:-6380}\n',
      compose: ports('"${A_HOST_PORT}:6379"'),
      at: ['.env.example:3', '.env.example:4'],
    },
    {
      name: 'in the environment, the command and a health check',
      env: '# p\nA_HOST_PORT=6380\n',
      compose: service(
        '    environment:\n      - U=redis://redis:$A_HOST_PORT\n    command: --peer redis:$A_HOST_PORT\n    healthcheck:\n      test: redis-cli -u redis://localhost:$A_HOST_PORT\n    ports: ["${A_HOST_PORT}:6379"]\n',
      ),
      at: ['compose.yaml:5', 'compose.yaml:6', 'compose.yaml:8'],
    },
    {
      name: "another feature's service, in its URL or alone",
      env: 'A=redis://cache:${M_HOST_PORT}\nB=cache:${M_HOST_PORT}\n',
      more: {
        'features/mail/.env.example': '# p\nM_HOST_PORT=1025\n',
        'features/mail/compose.yaml': 'services: {cache: {image: x, ports: ["${M_HOST_PORT}:25"]}}\n',
      },
      at: ['.env.example:1', '.env.example:2'],
    },
    {
      name: 'on the right of a mapping, in both syntaxes',
      env: '# p\nA_HOST_PORT=6380\n',
      compose: ports('"${A_HOST_PORT}:${A_HOST_PORT}"', '{target: $A_HOST_PORT, published: 6}'),
      at: ['compose.yaml:5', 'compose.yaml:6'],
    },
    {
      name: 'on the right, where the service is told, and what calls it there',
      env: '# p\nA_HOST_PORT=6380\nB=$A_HOST_PORT\nC=redis:$A_HOST_PORT\n',
      compose: service('    command: --port $B\n    ports: ["${A_HOST_PORT}:$A_HOST_PORT"]\n'),
    },
    {
      name: 'the host, another host, a part of a name, another variable',
      env: '# p\nA_HOST_PORT=6380\n# p\nB_PORT=1\nA=http://localhost:$A_HOST_PORT\nB=http://example.org:$A_HOST_PORT\nC=key:$A_HOST_PORT\nD=redis://redis:$B_PORT\nE=http://host.docker.internal:$A_HOST_PORT\nF=0.0.0.0:$A_HOST_PORT\nG=my.redis:$A_HOST_PORT\n',
      compose: service(
        '    environment: {A: "redis://localhost:$A_HOST_PORT"}\n    ports: ["${A_HOST_PORT}:6379"]\n',
      ),
    },
  ],
  'container-name': [
    {
      name: 'of the project, which another feature states though no merge allows it',
      compose: service('    container_name: ${COMPOSE_PROJECT_NAME}-redis\n'),
      more: { 'features/mail/.env.example': 'COMPOSE_PROJECT_NAME=x\n' },
    },
    {
      name: 'from a variable that the template states',
      env: 'N=redis\n',
      compose: service('    container_name: $N\n'),
      at: ['compose.yaml:4'],
    },
    { name: 'with a default', compose: service('    container_name: ${N:-redis}\n'), at: ['compose.yaml:4'] },
    { name: 'of the product', env: 'N=__PRODUCT___redis\n', compose: service('    container_name: $N\n') },
    { name: 'of the project', compose: service('    container_name: ${COMPOSE_PROJECT_NAME:-x}-redis\n') },
    {
      name: 'of a variable that the product states',
      compose: service('    container_name: ${SHOP}-redis\n'),
    },
    {
      name: 'from a merge key',
      compose: `x-a: &a\n  container_name: r\nservices:\n  redis: {<<: *a, image: x}\n`,
      at: ['compose.yaml:2'],
    },
  ],
  'project-name': [
    { name: 'from a variable', compose: `name: \${COMPOSE_PROJECT_NAME}\n${service('')}` },
    { name: 'below the services', compose: `${service('')}name: "x"\n`, at: ['compose.yaml:4'] },
  ],
  'network-mode-host': [
    { name: 'another mode', compose: service('    network_mode: none\n') },
    {
      name: 'from the template',
      env: 'M=host\n',
      compose: service('    network_mode: $M\n'),
      at: ['compose.yaml:4'],
    },
  ],
  'foreign-container': [
    {
      name: 'each way to name one',
      compose: service(
        '    ipc: container:a\n    pid: container:b\n    volumes_from: ["container:c:ro"]\n    external_links: ["d:x"]\n',
      ),
      at: ['compose.yaml:4', 'compose.yaml:5', 'compose.yaml:6', 'compose.yaml:7'],
    },
    { name: 'one that the product names', compose: service('    network_mode: container:${VPN:?}\n') },
    {
      name: 'one that the template names',
      env: 'VPN=vpn\n',
      compose: service('    network_mode: container:${VPN}\n'),
      at: ['compose.yaml:4'],
    },
    {
      name: 'services of its own',
      compose: 'services: {a: {image: x, ipc: service:b, volumes_from: [b]}, b: {image: x}}\n',
    },
  ],
  'fixed-subnet': [
    {
      name: 'an address of a service',
      compose: service(
        '    networks:\n      n:\n        ipv4_address: 172.28.0.5\n',
        'networks: {n: {ipam: {config: [{subnet: 172.28.0.0/16, gateway: 172.28.0.1}]}}}\n',
      ),
      at: ['compose.yaml:6', 'compose.yaml:7'],
    },
    {
      name: 'one that the product gives',
      compose: service('', 'networks: {n: {ipam: {config: [{subnet: "${NET:?}.0/24"}]}}}\n'),
    },
    { name: 'another driver of addresses', compose: service('', 'networks: {n: {ipam: {driver: dhcp}}}\n') },
  ],
  'shared-bind-mount': [
    {
      name: 'a volume that is a folder',
      compose: service(
        '    volumes: ["data:/d"]\n',
        'volumes:\n  data:\n    driver_opts: {type: none, o: bind, device: /srv/data}\n',
      ),
      at: ['compose.yaml:7'],
    },
    {
      name: 'a volume that is a share of the network',
      compose: service(
        '',
        'volumes: {d: {driver_opts: {type: nfs, o: "addr=10.0.0.1,rw", device: ":/d"}}}\n',
      ),
      at: ['compose.yaml:4'],
    },
    {
      name: 'volumes in memory, only read, or of the product',
      compose: service(
        '',
        'volumes:\n  a: {driver_opts: {type: tmpfs, device: tmpfs}}\n  b: {driver_opts: {o: "bind,ro", device: /b}}\n  c: {driver_opts: {o: bind, device: "${PWD}/c"}}\n',
      ),
    },
    {
      name: 'absolute, home, upward, long',
      compose: service(
        '    volumes:\n      - /srv/x:/a\n      - ~/x:/b\n      - ../x:/c\n      - {type: bind, source: ., target: /d}\n',
      ),
      at: ['compose.yaml:5', 'compose.yaml:6', 'compose.yaml:7', 'compose.yaml:8'],
    },
    {
      name: 'read-only, sockets, devices',
      compose: service(
        '    volumes:\n      - ./x:/a:ro\n      - /var/run/docker.sock:/s\n      - /dev/x:/x\n      - {type: bind, source: ., target: /d, read_only: true}\n',
      ),
    },
    {
      name: 'of the product',
      env: 'D=/srv/__PRODUCT__\n',
      compose: service('    volumes: ["$D:/a", "${DATA_OF_PRODUCT}:/b"]\n'),
    },
    {
      name: 'from the template',
      env: 'D=/srv/x\n',
      compose: service('    volumes: ["$D:/a"]\n'),
      at: ['compose.yaml:4'],
    },
  ],
  'shared-resource': [
    {
      name: 'external ones',
      compose: service('', 'volumes:\n  a: {external: true}\nnetworks:\n  b: {external: {name: proxy}}\n'),
      at: ['compose.yaml:5', 'compose.yaml:7'],
    },
    {
      name: 'a name of the product',
      env: 'N=__PRODUCT___x\n',
      compose: service('', 'volumes: {a: {name: $N}, b: {name: "${SHOP}_b", external: true}}\n'),
    },
  ],
}

describe.each(Object.entries(CASES))('%s', (code, cases) => {
  test.each(cases)('$name', ({ env: text, compose, more = {}, at = [] }) => {
    const files = {
      ...(text === undefined ? {} : { 'features/redis/.env.example': text }),
      ...(compose === undefined ? {} : { 'features/redis/compose.yaml': compose }),
      ...more,
    }
    const mine = found(files).filter((line) => line.endsWith(` ${code}`))
    expect(mine).toEqual(at.map((place) => `${place} ${code}`))
  })
})

describe('a message', () => {
  const message = (env: string) => lint({ 'features/redis/.env.example': env })[0]?.message

  test('shows both values where readers differ', () => {
    expect(message('A=1#c\n')).toBe('Docker Compose reads A as "1#c", but npm dotenv reads it as "1"')
  })

  test('masks what may be a secret', () => {
    expect(
      lint({ 'features/redis/.env.example': 'A_TOKEN=m7Qz2vXp9LrT4wYk8NbH#x\n' }).map(
        ({ message }) => message,
      ),
    ).toEqual([
      'Docker Compose reads A_TOKEN as ********, but npm dotenv reads it as ********',
      'A_TOKEN looks like a real secret',
    ])
  })

  test('shortens what is long', () => {
    expect(message(`A=${'x'.repeat(10_000)}#\n`)?.length).toBeLessThan(250)
  })
})

test('findings come by file and line, those of the template first', () => {
  const files = {
    'features/redis/compose.yaml': `name: x\n${ports('80:80')}`,
    'features/redis/.env.example': 'A_HOST_PORT=x\nA_HOST_PORT=y\n',
  }
  expect(found(files)).toEqual([
    '.env.example:1 no-comment',
    '.env.example:2 duplicate-key',
    '.env.example:2 no-comment',
    '.env.example:2 port-unused',
    '.env.example:2 port-not-a-number',
    'compose.yaml:1 project-name',
    'compose.yaml:6 literal-port',
  ])
})

describe('what to do next', () => {
  const nextOf = (code: LintCode, files: Example) =>
    lint(files).flatMap((finding) => (finding.code === code ? [finding.next] : []))
  const ENV = 'features/redis/.env.example'
  const COMPOSE = 'features/redis/compose.yaml'

  test.each([
    ["A='C:\\dir\\'\n", 'the backslash before the closing quote: it escapes'],
    ['A="C:\\dir\\" # d\n', 'the backslash before the closing quote: it escapes'],
    ["# c\nA='C:\\dir\\'\n\nB='x'\n", 'the backslash before the closing quote on line 2: it escapes'],
    ["A='C:\\dir\nB=1\n", 'Enclose the value in quotes that it does not contain.'],
    ["A='x\\'\ny'\nB=1\nC='z\n", 'Enclose the value in quotes that it does not contain.'],
    ["A='x\\'\ny'\nB C=1\n", 'Enclose the value in quotes that it does not contain.'],
  ])('env-refused of %j', (env, next) => {
    expect(nextOf('env-refused', { [ENV]: env })).toEqual([expect.stringContaining(next)])
  })

  test.each([
    ['with a byte order mark', '\xff\xfe', 0],
    ['without one', '', 0],
    ['big endian', '\xfe\xff', 1],
  ])('env-refused of UTF-16 %s', (_, mark, endian) => {
    const text = [...'# Port\nREDIS_HOST_PORT=6380\n'].map((each) => (endian ? `\0${each}` : `${each}\0`))
    const [source] = sourcesOf({ [ENV]: mark + text.join('') }, true)
    const findings = lintFeature(indexOf(source === undefined ? [] : [source]).contexts('redis'))
    const nexts = findings.filter(({ code }) => code === 'env-refused').map(({ next }) => next)
    expect(new Set(nexts)).toEqual(
      new Set(['Save the file as UTF-8 without a byte order mark: it is UTF-16.']),
    )
  })

  const MOUNT = 'services: {base: {image: x, networks: [n], volumes: ["data:/v"]}}\n'
  test.each([
    ['the file', { [COMPOSE]: MOUNT }],
    ['the file', { [COMPOSE]: 'include: [b.yaml]\n', 'features/redis/b.yaml': MOUNT }],
    // Compose takes the service out of b.yaml, and never sees what else it declares.
    [
      COMPOSE,
      {
        [COMPOSE]: 'services: {a: {extends: {file: b.yaml, service: base}}}\n',
        'features/redis/b.yaml': MOUNT,
      },
    ],
  ])('undeclared-volume and -resource say to declare it in %s', (where, files) => {
    for (const code of ['undeclared-volume', 'undeclared-resource'] as const) {
      expect(nextOf(code, files)).toEqual([expect.stringContaining(`at the end of ${where}: `)])
    }
  })

  const taken = { 'features/mail/.env.example': '# p\nMAIL_HOST_PORT=6380\n' }
  const sameNumber = (feature: string) => ({ [`features/${feature}/compose.yaml`]: ports('"6380:1"') })
  test.each<[LintCode, string]>([
    ['literal-port', ports('"6380:6379"')],
    ['port-missing', ports('"${REDIS_HOST_PORT:-6380}:6379"')],
  ])('%s names a base port only if --fix writes that one', (code, compose) => {
    const files = { [COMPOSE]: compose }
    for (const more of [{}, sameNumber('web')]) {
      expect(fixed({ ...files, ...more }).files[ENV]).toContain('REDIS_HOST_PORT=6380\n')
      expect(nextOf(code, { ...files, ...more })).toEqual([expect.stringContaining('REDIS_HOST_PORT=6380')])
    }
    // The one that comes first in order has the number, also if it is fixed later.
    for (const more of [taken, sameNumber('app')]) {
      expect(fixed({ ...files, ...more }).files[ENV]).toContain('REDIS_HOST_PORT=6381\n')
      expect(nextOf(code, { ...files, ...more })).toEqual([expect.not.stringMatching(/=\d|6381/)])
    }
  })

  test.each([
    ['SECRET_KEY=%(jz#k2v!b8xq@w5m^n)7d_r4t6y\n', ['k2v', '%(jz']],
    ['DB_PASSWORD=Xk9#mP2$vL5@nQ8w\n', ['Xk9', 'vL5', 'nQ8']],
    ['DB_PASSWORD="zq9\\tb"\n', ['zq9']],
    ['DATABASE_URL=postgres://u:Xk9#m@db\n', ['Xk9']],
    ['PRIVATE_THING=zq9#c\n', ['zq9']],
    ['A_PASS=zq9#c\n', ['zq9']],
  ])('nothing shows a part of a secret: %j', (env, parts) => {
    const findings = lint({ [ENV]: env, 'features/mail/.env.example': env.replace('=', '=other') })
    expect(findings.map(({ code }) => code)).toContain('readers-differ')
    for (const { message, next } of findings) {
      for (const part of parts) expect(message + next).not.toContain(part)
    }
  })

  test('readers-differ repeats no value of which Compose has taken a part for a variable', () => {
    expect(nextOf('readers-differ', { [ENV]: 'A=a#b$C@d\n' })).toEqual([
      'Put the intended value in single quotes, where a dollar sign is literal.',
    ])
  })

  test('port-not-shifted says where the port of the container stays', () => {
    const env = '# p\nDB_PORT=5433\nURL=postgres://u:p@redis:${DB_PORT}/x\n'
    expect(nextOf('port-not-shifted', { [ENV]: env, [COMPOSE]: ports('"${DB_PORT}:5432"') })).toEqual([
      'Rename it to DB_HOST_PORT in the template and the Compose file, but where it is a port inside a container, as in features/redis/.env.example:3, write 5432.',
    ])
  })

  test.each([
    ['', 'R_HOST_PORT=8025', 'Replace 8025 with ${R_HOST_PORT}, and define R_HOST_PORT above it.'],
    ['', 'R_HOST_PORT=127.0.0.1:8025', 'Replace localhost:8025 with ${R_HOST_PORT}'],
    ['', 'R_HOST_PORT=0.0.0.0:8025', 'Move the address from R_HOST_PORT (0.0.0.0:8025) to the Compose file'],
    ['', 'R_HOST_PORT=8000-8030', 'R_HOST_PORT is a range'],
    [ports('"${R_HOST_PORT}:8025"', '"${U}:1"'), 'R_HOST_PORT=8025', 'if the container calls itself'],
  ])('url-base-port of %j %s', (compose, port, next) => {
    const files = { [ENV]: `# p\n${port}\nU=http://localhost:8025\n` }
    const more = compose === '' ? {} : { [COMPOSE]: `${compose}    environment: [U=$U]\n` }
    expect(nextOf('url-base-port', { ...files, ...more })).toEqual([expect.stringContaining(next)])
  })

  test('url-base-port of another feature', () => {
    const files = {
      [ENV]: 'MAIL=http://localhost:8025\n',
      'features/mail/.env.example': '# p\nMAIL_HOST_PORT=8025\n',
    }
    expect(nextOf('url-base-port', files)).toEqual([
      'Replace 8025 with ${MAIL_HOST_PORT}, and list mail before this feature under features: in each product.',
    ])
    expect(fixed(files).changes).toEqual([])
  })

  test('port-not-shifted proposes a name that is free', () => {
    const env = '# p\nREDIS_HOST_PORT=6380\n# p\nREDIS_PORT=6381\n# p\nPORT=6382\n'
    const compose = ports('"${REDIS_HOST_PORT}:6379"', '"${REDIS_PORT}:6379"', '"${PORT}:80"')
    expect(nextOf('port-not-shifted', { [ENV]: env, [COMPOSE]: compose })).toEqual([
      'Rename it to REDIS_6379_HOST_PORT in the template and the Compose file.',
      'Rename it to REDIS_80_HOST_PORT in the template and the Compose file.',
    ])
  })
})
