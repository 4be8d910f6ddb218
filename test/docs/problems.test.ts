/** Compares docs/problems.md with the table of codes, and its examples with the printed problems. */
import { chmodSync, symlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readProject } from '../../src/compose/project.js'
import { PROBLEMS, type Problem, type ProblemCode } from '../../src/problem.js'
import { problemLines } from '../../src/report/problems.js'
import { styles } from '../../src/report/style.js'
import { save } from '../../src/save/save.js'
import { feature, product } from '../support/cli.js'
import { git } from '../support/git.js'
import { containerOf, engineOf, SILENT, type World } from '../support/machine.js'
import { type Files, makeFolder, makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { pagePath, readPage } from './pages.js'

/** After a section's heading: severity, meaning, and the first fenced block. */
const BODY = '\\n\\n\\*\\*(\\w+)\\*\\*: (.+)\\n\\n```text\\n([\\s\\S]*?)\\n```'

describe('docs/problems.md', () => {
  test('has every code of the table, in its order, and no other', () => {
    const page = readPage('docs/problems.md')
    const codes = [...page.matchAll(new RegExp(`^## \`([^\`]+)\`${BODY}$`, 'gm'))].map(([, code]) => code)
    expect(codes).toEqual(Object.keys(PROBLEMS))
    expect(page.match(/^## /gm)).toHaveLength(codes.length)
  })

  test('has an example for every code', () => {
    const codes = Object.keys(PROBLEMS) as ProblemCode[]
    expect(codes.filter((code) => EXAMPLES[code] === undefined)).toEqual([])
  })

  test('has the severity, the meaning and the printed example of each code', async () => {
    let page = readPage('docs/problems.md')
    for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
      const { severity, meaning } = PROBLEMS[code]
      const example = await EXAMPLES[code]?.()
      page = page.replace(new RegExp(`(^## \`${code}\`)${BODY}`, 'm'), (...match) => {
        const [heading, , , before] = match.slice(1) as string[]
        return `${heading}\n\n**${severity}**: ${meaning}\n\n\`\`\`text\n${example ?? before}\n\`\`\``
      })
    }
    await expect(page).toMatchFileSnapshot(pagePath('docs/problems.md'))
  })
})

/** A project whose one service has a key more. */
function copied(key: Readonly<Record<string, string>>): TestWorkspace {
  const lines = Object.entries({ image: 'nginx', ...key }).map(([name, value]) => `    ${name}: ${value}\n`)
  const folder = makeFolder()
  folder.write({ 'compose.yaml': `services:\n  web:\n${lines.join('')}` })
  return folder
}

/** What product stack says of a service of which Compose prints these keys. */
function stacked(service: object): Promise<string> {
  const stdout = JSON.stringify({ name: 'shop', services: { redis: { image: 'redis:7', ...service } } })
  const compose = () => ({ isSuccess: true, stdout, stderr: '' })
  const files = { 'products/shop/compose.yaml': 'services:\n  redis:\n    image: redis:7\n' }
  return stderrOf(shop(files), 'stack --no-merge shop', { compose })
}

/** What a user does to meet each problem. */
const EXAMPLES: Readonly<Partial<Record<ProblemCode, () => string | Promise<string>>>> = {
  'no-workspace': () => stderrOf(makeFolder(), 'env --merge shop'),
  'inside-workspace': () => stderrOf(shop(), '-C features init'),
  'no-product': () => stderrOf(shop(), 'env --merge shpo'),
  'product-exists': () => stderrOf(shop(), 'new shop'),
  'bad-name': () => stderrOf(shop(), 'env --merge ../shop'),
  'no-instance': () => stderrOf(shop({ 'products/shop/.env': '' }), 'env shop --instance blue'),
  'same-project': () => stderrOf(shop({ 'products/Shop/': '' }), 'check'),
  'bad-project-name': () => merged({ 'products/shop/.env': 'COMPOSE_PROJECT_NAME=My.Shop\n' }),
  'no-feature': () => merged({ 'products/shop/product.yaml': 'features: [rediss]\n' }),
  'feature-drift': () =>
    merged({
      'features/redis/compose.yaml': 'services: {}\n',
      'products/shop/product.yaml': 'features: []\n',
      'products/shop/compose.yaml': 'include:\n  - ../../features/redis/compose.yaml\n',
    }),
  'feature-exists': () => featureStderrOf(shop(), 'new redis'),
  'bad-base-port': () => featureStderrOf(shop(), 'new cache --port 6380'),
  'cannot-edit': () => {
    const alias = 'allow: &names [redis]\nfeatures: *names\n'
    return featureStderrOf(shop({ 'products/shop/product.yaml': alias }), 'new cache --add-to shop')
  },
  'bad-settings': () => merged({ 'products/shop/product.yaml': '# mine\nfeature: [redis]\n' }),
  'bad-offset': () => merged({ 'products/shop/.env': 'PRODUCT_OFFSET=9999999\n' }),
  'skipped-value': () => {
    const folder = makeFolder()
    folder.write({
      'shop/docker/.env.example': '',
      'shop/pyproject.toml': '[tool.splent]\nfeatures = []\n\n[tool.splent.config]\nMAIL = { port = 25 }\n',
    })
    return stderrOf(folder, 'env --merge shop')
  },
  'unreadable-file': () => merged({ 'products/shop/.env/': '' }),
  'foreign-link': () => {
    const workspace = shop({ 'features/aws/': '' })
    symlinkSync('/etc/passwd', workspace.path('features/aws/.env.example'))
    return stderrOf(workspace, 'env --merge shop')
  },
  'skipped-folder': () => merged({ 'products/my shop/compose.yaml': 'services: {}\n' }),
  'skipped-file': () =>
    merged({
      'features/redis/docker/.env.example': '',
      'products/shop/compose.yaml': 'services: {}\n',
      'products/shop/compose.prod.yaml': '',
      'products/shop/product.yaml': '',
      'products/shop/product.yml': '',
    }),
  'no-env': () => stderrOf(shop(), 'env shop'),
  'env-not-ignored': () => {
    const workspace = shop()
    git(workspace.root, 'init')
    return stderrOf(workspace, 'env --merge shop')
  },
  'env-differs': () => {
    const folder = makeFolder()
    folder.write({
      'shop_app/pyproject.toml': '[tool.splent]\nfeatures = []\n',
      'shop_app/docker/.env': 'DB=__PRODUCT___db\nSPLENT_NETWORK=splent_network\n',
    })
    return stderrOf(folder, 'env --merge shop_app')
  },
  'env-file-off': () => stderrOf(shop({ 'products/shop/.env': 'COMPOSE_DISABLE_ENV_FILE=1\n' }), 'env shop'),
  'no-env-example': () => stderrOf(shop(), 'env --generate shop'),
  'unread-include': () =>
    merged({ 'products/shop/compose.yaml': 'include:\n  - ../../features/${CACHE}/compose.yaml\n' }),
  'no-template': () => merged({ 'features/blog/compose.yaml': 'services: {}\n' }),
  'env-refused': () => merged({ 'products/shop/.env': "APP_ENV=dev\nGREETING='it's late'\n" }),
  'required-missing': () =>
    merged({ 'features/redis/.env.example': 'REDIS_URL=redis://${REDIS_HOST:?name the host}\n' }),
  'reserved-variable': () =>
    merged({ 'features/redis/.env.example': 'COMPOSE_PROJECT_NAME=redis\nREDIS_HOST_PORT=6380\n' }),
  'duplicate-key': () => merged({ 'features/redis/.env.example': 'CACHE=1\nCACHE=2\n' }),
  conflict: () =>
    merged({ 'features/cache/.env.example': 'CACHE=1\n', 'features/redis/.env.example': 'CACHE=2\n' }),
  'port-empty': () => merged({ 'features/redis/.env.example': 'REDIS_HOST_PORT=\n' }),
  'port-not-a-number': () => merged({ 'features/redis/.env.example': 'REDIS_HOST_PORT=auto\n' }),
  'port-out-of-range': () => merged({ 'features/redis/.env.example': 'REDIS_HOST_PORT=65000\n' }),
  'value-follows': () =>
    merged(
      { 'features/redis/.env.example': 'CACHE=1\n' },
      (workspace) =>
        workspace.write({
          'products/shop/.env': `${workspace.read('products/shop/.env')}WARM_CACHE=$CACHE\n`,
          'features/redis/.env.example': 'CACHE=2\n',
        }),
      '--refresh',
    ),
  'container-changes': () =>
    merged({
      'products/shop/.env': 'CACHE=${REDIS_URL:-memory:}\n',
      'features/redis/.env.example': 'REDIS_URL=redis://redis:6379\n',
    }),
  'forward-reference': () =>
    merged({ 'products/shop/.env': 'CACHE_URL=redis://localhost:${REDIS_HOST_PORT}\n' }),
  'dropped-in-use': () =>
    merged(
      {
        'features/mailhog/.env.example': 'MAILHOG_UI_HOST_PORT=8025\n',
        'products/shop/product.yaml': 'features: [redis, mailhog]\n',
      },
      (workspace) =>
        workspace.write({
          'products/shop/.env': `${workspace.read('products/shop/.env')}MAIL_PAGE=http://localhost:\${MAILHOG_UI_HOST_PORT}\n`,
          'products/shop/product.yaml': 'features: [redis]\n',
        }),
      '--prune',
    ),
  'proof-failed': () => merged({ 'products/shop/.env': 'APP_ENV=dev\nwithout an equals sign' }),
  'broken-section': () =>
    merged({}, (workspace) => {
      const env = workspace.read('products/shop/.env') ?? ''
      workspace.write({ 'products/shop/.env': env.replace(/# <<< redis.*\n/, '') })
    }),
  'no-engine': () => stderrOf(shop(), 'check --live', { engine: SILENT }),
  collision: () => stderrOf(shop({ 'products/blog/.env': 'CACHE_HOST_PORT=6966\n' }), 'env --merge shop'),
  'project-elsewhere': () => {
    const container = containerOf('shop-web-1', {
      project: 'shop',
      directory: '/home/ada/clone/products/shop',
    })
    return stderrOf(shop(), 'check --live', { engine: engineOf([container, []]) })
  },
  'containers-left': async () => {
    const workspace = shop()
    await product('env --merge shop --instance blue', workspace)
    const left = containerOf('shop-blue-web-1', { project: 'shop-blue' })
    return stderrOf(workspace, 'env shop --instance blue --remove', { engine: engineOf([left, []]) })
  },
  'port-held': () =>
    stderrOf(shop(), 'env --merge shop', { sockets: [{ port: 6966 }], holders: { 1: { pid: 17207 } } }),
  'port-in-use': () => {
    const service = 'services: { web: { image: nginx, ports: ["8080:80"] } }\n'
    const workspace = shop({ 'products/shop/compose.yaml': service })
    const world = { sockets: [{ port: 8080 }], holders: { 1: { pid: 17207 } } }
    return stderrOf(workspace, 'compose --no-merge shop up', world)
  },
  'no-port': () => stderrOf(shop(), 'port shop REDIS_PORT'),
  'unknown-port': () =>
    stderrOf(shop({ 'products/shop/product.yaml': 'http: { REDIS_PORT: none }\n' }), 'ports'),
  'bad-host-name': () => {
    const env = {
      'products/my.shop/.env': 'WEB_HOST_PORT=8000\n',
      'products/my_shop/.env': 'WEB_HOST_PORT=8001\n',
    }
    return stderrOf(makeWorkspace(env), 'proxy --nginx')
  },
  // Two products, and with a modulus of 1 no other offset for either.
  'no-offset': () =>
    stderrOf(shop({ 'products/blog/': '', 'workspace.yaml': 'modulus: 1\n' }), 'check --fix'),
  'foreign-file': () =>
    stderrOf(shop({ 'products/shop/.env.prod': 'DEBUG=0\n' }), 'env --merge shop --instance prod --quiet'),
  'hand-edited': () =>
    stderrOf(
      shop({
        'products/shop/.env.blue': '# >>> shop@blue (products/shop/.env)\nMINE=1\n# <<< shop@blue 00000000\n',
      }),
      'env shop --instance blue --remove',
    ),
  'changed-meanwhile': () => {
    const file = 'products/shop/.env'
    const path = shop({ [file]: 'A=2\n' }).path(file)
    return printed([save({ path, file, before: 'A=1\n', after: 'A=1\nB=1\n' })])
  },
  'cannot-write': () => {
    const workspace = shop({ 'products/shop/.env': 'APP_ENV=dev\n' })
    chmodSync(workspace.path('products/shop/.env'), 0o444)
    return stderrOf(workspace, 'env --merge shop')
  },
  'cannot-isolate': () => stderrOf(copied({ network_mode: 'host' }), 'env --merge --as blue'),
  'shared-host': () => stderrOf(copied({ privileged: 'true' }), 'env --merge --as blue'),
  'no-compose': () => stderrOf(copied({}), 'env --merge --as blue --verify'),
  'no-command': async () => {
    const ended = { exitCode: 127, failure: 'ENOENT' }
    return (
      await product('run shop nmp start', shop({ 'features/redis/.env.example': '' }), { ended })
    ).stderr.trimEnd()
  },
  'shell-wins': async () => {
    const workspace = shop({ 'products/shop/.env': 'REDIS_HOST_PORT=7000\n' })
    const env = { REDIS_HOST_PORT: '7001' }
    return (await product('compose shop ps', workspace, { env })).stderr.trimEnd()
  },
  'old-compose': () => {
    const compose = () => ({ isSuccess: true, stdout: '2.23.0\n', stderr: '' })
    return stderrOf(copied({ ports: '["8080:80"]' }), 'env --merge --as blue', { compose })
  },
  'compose-refused': () => merged({ 'products/shop/compose.yaml': 'include:\n  - path: [\nservices: {}\n' }),
  'compose-missing': () => composeProblems({ 'compose.yaml': 'include: [redis.yaml]\n' }),
  'swarm-ignores': () => stacked({ container_name: 'web' }),
  'not-for-swarm': () => stacked({ build: { context: '.' }, image: undefined }),
  'compose-remote': () => composeProblems({ 'compose.yaml': 'include: [oci://example.org/redis:7]\n' }),
}

/** A small workspace with these files. */
function shop(files: Files = {}): TestWorkspace {
  return makeWorkspace({
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
    'products/shop/': '',
    ...files,
  })
}

/** The problems of a merge; with `change`, of a second one, once that has been done to the workspace. */
async function merged(
  files: Files,
  change?: (workspace: TestWorkspace) => void,
  options = '',
): Promise<string> {
  const workspace = shop(files)
  if (change !== undefined) {
    expect(await stderrOf(workspace, 'env --merge shop')).toBe('')
    change(workspace)
  }
  return stderrOf(workspace, `env --merge shop ${options}`)
}

async function stderrOf(workspace: TestWorkspace, line: string, machine: World = {}): Promise<string> {
  const { stderr } = await product(line, workspace, { machine })
  return withoutRoot(stderr, workspace)
}

async function featureStderrOf(workspace: TestWorkspace, line: string): Promise<string> {
  const { stderr } = await feature(line, workspace)
  return withoutRoot(stderr, workspace)
}

function withoutRoot(stderr: string, workspace: TestWorkspace): string {
  return stderr.replaceAll(workspace.root, '/home/ada').trimEnd()
}

function composeProblems(files: Readonly<Record<string, string>>): string {
  const { problems } = readProject(
    Object.keys(files),
    (path) => files[path] ?? null,
    () => undefined,
  )
  return printed(problems)
}

function printed(problems: readonly (Problem | null)[]): string {
  return problemLines(problems as readonly Problem[], styles(false)).join('\n')
}
