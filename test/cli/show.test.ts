/** `product env my_first_app`: what Compose will see, and where it comes from. */
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const ENV = 'products/shop/.env'

async function merged(files: Files = {}): Promise<TestWorkspace> {
  const workspace = makeWorkspace({
    'features/redis/.env.example': '# Port\nREDIS_HOST_PORT=6380\nREDIS_URL=redis://redis:6379\n',
    [ENV]: 'APP=shop\n',
    ...files,
  })
  await product('env --merge', workspace)
  return workspace
}

/** The row of one variable: its cells without the blanks between them. */
async function row(key: string, ...run: Parameters<typeof product>): Promise<string[] | undefined> {
  const { stdout } = await product(...run)
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/))
  return rows.find(([name]) => name === key)
}

describe('each value', () => {
  test("of the product's own is masked, with its line", async () => {
    expect(await row('APP', 'env', await merged())).toEqual(['APP', '********', `product, ${ENV}:1`])
  })

  test("of the product's own is shown with --reveal", async () => {
    expect(await row('APP', 'env --reveal', await merged())).toEqual(['APP', 'shop', `product, ${ENV}:1`])
  })

  test('of a feature has its feature, file and line', async () => {
    const workspace = await merged()
    const from = (line: number) => `redis, features/redis/.env.example:${line}`
    expect(await row('REDIS_HOST_PORT', 'env shop', workspace)).toEqual(['REDIS_HOST_PORT', '6966', from(2)])
    expect(await row('REDIS_URL', 'env shop', workspace)).toEqual([
      'REDIS_URL',
      'redis://redis:6379',
      from(3),
    ])
  })

  test('in a section edited by hand is the product’s own', async () => {
    const workspace = await merged()
    workspace.write({ [ENV]: (workspace.read(ENV) as string).replace('redis:6379', 'mine') })
    expect(await row('REDIS_URL', 'env', workspace)).toEqual(['REDIS_URL', '********', `product, ${ENV}:6`])
  })

  test('that the shell beats is marked, and masked', async () => {
    const shell = { env: { REDIS_URL: 'from the shell' } }
    const workspace = await merged()
    expect((await row('REDIS_URL', 'env', workspace, shell))?.slice(1)).toEqual([
      '********',
      'redis, features/redis/.env.example:3',
      'the shell has another value, which wins; a container with env_file reads another value',
    ])
    expect((await row('REDIS_URL', 'env --reveal', workspace, shell))?.[1]).toBe('from the shell')
  })

  test('that the shell has, too, is not marked', async () => {
    const shell = { env: { APP: 'shop' } }
    expect(await row('APP', 'env', await merged(), shell)).toEqual(['APP', '********', `product, ${ENV}:1`])
  })

  test('that an empty variable of the shell beats is marked', async () => {
    const shell = { env: { REDIS_HOST_PORT: '' } }
    expect((await row('REDIS_HOST_PORT', 'env', await merged(), shell))?.at(-1)).toMatch(/shell/)
  })

  test.each([
    ['is cut by npm dotenv', 'A=1#c', 'npm dotenv reads 1'],
    ['is not seen by npm dotenv', 'É=1', 'npm dotenv does not see it'],
    ['is expanded by Compose alone', 'B=x\nA=${B}y', 'npm dotenv reads ${B}y'],
  ])('that %s is marked', async (_, line, note) => {
    const workspace = await merged({ [ENV]: `${line}\n` })
    expect((await product('env --reveal', workspace)).stdout).toContain(`  ${note}\n`)
    expect((await product('env', workspace)).stdout).not.toContain('npm dotenv reads 1')
  })

  test.each([
    ['above what it refers to', 'A=${B:-x}\nB=1\n', 'a container with env_file reads 1'],
    [
      'that is emptied by what is below',
      'A=${B+y}\nA=${B-z}\nB=\n',
      'a container with env_file reads nothing',
    ],
    ['with the name of the project', 'A=$COMPOSE_PROJECT_NAME\n', 'a container with env_file reads shop'],
  ])('%s is marked, as a container reads it otherwise', async (_, text, note) => {
    const workspace = await merged({ [ENV]: text })
    expect((await row('A', 'env --reveal', workspace))?.at(-1)).toContain(note)
    const masked = await product('env', workspace)
    expect(masked.stdout).toContain('a container with env_file reads another value')
    expect(masked.stdout).not.toContain(note)
    const json = JSON.parse((await product('env --json', workspace)).stdout)
    const differs = json.products[0].variables.map(
      (each: Record<string, unknown>) => each['containerDiffers'],
    )
    expect(differs.indexOf(true)).toBe(0)
    expect(differs.lastIndexOf(true)).toBe(0)
  })

  test('of a feature that a container reads otherwise is shown, unless it holds a secret', async () => {
    const features = { 'features/redis/.env.example': 'A=${B:-x}\nB=1\nC=${D:-x}\n' }
    const { stdout } = await product(
      'env',
      await merged({ ...features, [ENV]: 'D=hunter2\nC=${D:-x}${E-}\nE=y\n' }),
    )
    expect(stdout).toContain('a container with env_file reads 1')
    expect(stdout).toContain('a container with env_file reads another value')
    expect(stdout).not.toContain('hunter2')
  })

  test('of an instance has what a container reads from the product env beside it', async () => {
    const workspace = await merged()
    await product('env --merge --instance blue', workspace)
    const blue = await row('REDIS_HOST_PORT', 'env --instance blue', workspace)
    expect([blue?.[1], blue?.at(-1)]).toEqual(['6800', 'a container with env_file reads 6966'])
    expect((await row('COMPOSE_PROJECT_NAME', 'env --instance blue', workspace))?.at(-1)).not.toContain(
      'container',
    )
  })

  test('that is taken from the shell is shown only if the shell has it', async () => {
    const workspace = await merged({ [ENV]: 'TOKEN\n' })
    expect(await row('TOKEN', 'env', workspace)).toBeUndefined()
    const shell = { env: { TOKEN: 'x' } }
    expect((await row('TOKEN', 'env', workspace, shell))?.[1]).toBe('********')
  })
})

test('--json has every documented field', async () => {
  const { exitCode, stdout } = await product('env --json', await merged({ [ENV]: 'APP=a#b\n' }))
  const variable = { masked: false, shellWins: false, containerDiffers: false, dotenvDiffers: false }
  const origin = (line: number) => ({ feature: 'redis', file: 'features/redis/.env.example', line })
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([
    0,
    {
      version: 1,
      ok: true,
      products: [
        {
          product: 'shop',
          file: ENV,
          variables: [
            {
              ...variable,
              key: 'APP',
              value: null,
              masked: true,
              line: 1,
              origin: null,
              dotenvDiffers: true,
            },
            { ...variable, key: 'REDIS_HOST_PORT', value: '6966', line: 5, origin: origin(2) },
            { ...variable, key: 'REDIS_URL', value: 'redis://redis:6379', line: 6, origin: origin(3) },
          ],
        },
      ],
      problems: [],
    },
  ])
})

test('a product without a product env is told how to get one', async () => {
  const text = (next: string) =>
    `products/shop/.env: error: Product shop has no .env yet [no-env]\n  ${next}\n`
  const bare = await product('env', makeWorkspace({ 'products/shop/': '' }))
  expect(bare).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: text('Create products/shop/.env, or give the product a feature.'),
  })
  const shop = { 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n', 'products/shop/': '' }
  const { stderr } = await product('env', makeWorkspace(shop))
  expect(stderr).toBe(text('Run: product env --merge shop'))
})

test('a product env that Compose refuses is not shown, but the line is named', async () => {
  const workspace = makeWorkspace({ [ENV]: 'A=1\nB="2\n' })
  const { exitCode, stdout, stderr } = await product('env', workspace)
  expect([exitCode, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^products\/shop\/\.env:2: error: .* the quote " is never closed \[env-refused\]\n/)
})

test('--quiet shows problems only', async () => {
  expect(await product('env --quiet', await merged())).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})

test('an environment with thousands of variables is no trouble', async () => {
  const env = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`V${index}`, 'x'.repeat(50)]))
  expect((await product('env', await merged(), { env })).exitCode).toBe(0)
})

describe('a product env that Compose would not read is shown with a warning', () => {
  const workspace = makeWorkspace({ [ENV]: 'A=1\n' })
  test.each([
    [{ COMPOSE_DISABLE_ENV_FILE: '1' }, 'COMPOSE_DISABLE_ENV_FILE is set in the shell'],
    [{ COMPOSE_DISABLE_ENV_FILE: 'True' }, 'unset COMPOSE_DISABLE_ENV_FILE'],
    [{ COMPOSE_ENV_FILES: 'a.env,b.env' }, 'makes Compose read other files instead'],
  ])('with %j', async (env, message) => {
    const { exitCode, stderr } = await product('env', workspace, { env })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('warning')
    expect(stderr).toContain(message)
  })

  test('by its own word', async () => {
    const itself = makeWorkspace({ [ENV]: 'A=1\nCOMPOSE_DISABLE_ENV_FILE=true\n' })
    expect((await product('env', itself)).stderr).toContain(
      'is set in this file, so Compose does not read the file',
    )
  })

  test.each([{ COMPOSE_DISABLE_ENV_FILE: '0' }, { COMPOSE_DISABLE_ENV_FILE: '' }, { COMPOSE_ENV_FILES: '' }])(
    'not with %j',
    async (env) => {
      expect((await product('env', workspace, { env })).stderr).toBe('')
    },
  )
})
