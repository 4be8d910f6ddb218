/** `product env --merge`, from the outside. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { product } from '../support/cli.js'
import {
  demoWorkspace,
  type Files,
  makeFolder,
  makeWorkspace,
  type TestWorkspace,
} from '../support/workspace.js'

const ENV = 'products/shop/.env'
const REDIS = { 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_URL=redis://redis:6379\n' }

/** A workspace with one feature and the product `shop` (offset 586). */
function shop(files: Files = {}): TestWorkspace {
  return makeWorkspace({ ...REDIS, 'products/shop/': '', ...files })
}

/** What tells whether a file was written: its content, its inode and its time. */
function stateOf(workspace: TestWorkspace, file: string) {
  const { ino, mtimeMs } = statSync(workspace.path(file))
  return { ino, mtimeMs, text: workspace.bytes(file) }
}

describe('the demo', () => {
  const demo = demoWorkspace()

  test('moves the four host ports by 591, and says so in the last two lines', async () => {
    const { exitCode, stdout, stderr } = await product('env --merge my_first_app', demo)
    expect([exitCode, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.slice(0, 7)).toEqual([
      'my_first_app  offset 591 (crc32("my_first_app"))',
      '',
      '  feature     variable                base  host  outcome',
      '  redis       REDIS_HOST_PORT         6380  6971  adjusted',
      '  phpmyadmin  PMA_HOST_PORT           8081  8672  adjusted',
      '  mailhog     MAILHOG_SMTP_HOST_PORT  1025  1616  adjusted',
      '  mailhog     MAILHOG_UI_HOST_PORT    8025  8616  adjusted',
    ])
    expect(lines.slice(-2)).toEqual([
      '  ports    adjusted 4 feature port(s) (+591)',
      '  merged   4 feature .env file(s) into product .env',
    ])
    const env = demo.read('products/my_first_app/.env')
    expect(env).toMatch(/^REDIS_HOST_PORT=6971$/m)
    expect(env).toMatch(/^PMA_HOST_PORT=8672$/m)
    expect(env).toMatch(/^MAILHOG_SMTP_HOST_PORT=1616$/m)
    expect(env).toMatch(/^MAILHOG_UI_HOST_PORT=8616$/m)
    expect(env).toMatch(/^MAIL_FROM=no-reply@my_first_app\.test$/m)
    expect(env).toMatch(/^MAIL_PORT=1025$/m)
  })

  test('does nothing the second time, and does not touch the file', async () => {
    utimesSync(demo.path('products/my_first_app/.env'), 1, 1)
    const before = stateOf(demo, 'products/my_first_app/.env')
    const { exitCode, stdout, stderr } = await product('env --merge my_first_app', demo)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      '  merged   nothing to do: product .env already holds 4 feature .env file(s)',
    )
    expect(stateOf(demo, 'products/my_first_app/.env')).toEqual(before)
  })

  test('gives the other product other ports, in the order of its features', async () => {
    await product('env --merge my_second_app', demo)
    const env = demo.read('products/my_second_app/.env') as string
    expect(env.match(/^(?:REDIS|MAILHOG)\w*_HOST_PORT=\d+$/gm)).toEqual([
      'MAILHOG_SMTP_HOST_PORT=1872',
      'MAILHOG_UI_HOST_PORT=8872',
      'REDIS_HOST_PORT=7227',
    ])
    expect(env.match(/^REDIS_MAXMEMORY=.*$/gm)).toEqual(['REDIS_MAXMEMORY=32mb'])
  })

  test('writes nothing but the two files', async () => {
    const added = Object.keys(demo.all()).filter((file) => !(file in demoWorkspace().all()))
    expect(added).toEqual(['products/my_first_app/.env', 'products/my_second_app/.env'])
  })
})

describe('a merge', () => {
  test("keeps what the product says, and reports it beside the feature's port", async () => {
    const workspace = shop({ [ENV]: 'REDIS_HOST_PORT=7000\nREDIS_URL=\n' })
    const { stdout } = await product('env --merge', workspace)
    expect(stdout).toContain('kept 7000, redis gives 6966')
    expect(stdout).toContain('kept     2 variables: REDIS_HOST_PORT, REDIS_URL')
    expect(workspace.read(ENV)).toBe('REDIS_HOST_PORT=7000\nREDIS_URL=\n')
  })

  test('says what a newer template gives, and `--refresh` takes it over', async () => {
    const workspace = shop()
    await product('env --merge', workspace)
    workspace.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6390\n' })
    expect((await product('env --merge', workspace)).stdout).toContain('kept 6966, redis now gives 6976')
    expect((await product('env --merge --check', workspace)).exitCode).toBe(0)
    expect((await product('env --merge --refresh --check', workspace)).exitCode).toBe(1)
    expect((await product('env --merge --refresh', workspace)).stdout).toContain('sections refreshed redis')
    expect(workspace.read(ENV)).toContain('REDIS_HOST_PORT=6976\n')
  })

  test('leaves the section of a feature that is gone, and `--prune` drops it', async () => {
    const workspace = shop({ 'features/mail/.env.example': 'MAIL=1\n' })
    await product('env --merge', workspace)
    workspace.write({ 'products/shop/product.yaml': 'features: [redis]\n' })
    expect((await product('env --merge', workspace)).stdout).toContain('nothing to do')
    expect((await product('env --merge --prune', workspace)).stdout).toContain('sections pruned mail')
    expect(workspace.read(ENV)).not.toContain('MAIL')
  })

  test('reports a conflict between features, and the first one wins', async () => {
    const workspace = shop({
      'features/valkey/.env.example': 'REDIS_HOST_PORT=6390\nREDIS_URL=redis://redis:6379\n',
      'products/shop/product.yaml': 'features: [valkey, redis]\n',
    })
    const { exitCode, stdout, stderr } = await product('env --merge', workspace)
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('conflict with valkey, which wins')])
    expect(stderr).toMatch(
      /^features\/redis\/\.env\.example:1: warning: Feature redis sets another REDIS_HOST_PORT than valkey .* \[conflict\]\n/,
    )
    expect(workspace.read(ENV)?.match(/^REDIS_HOST_PORT=.*/gm)).toEqual(['REDIS_HOST_PORT=6976'])
  })

  test('takes the offset that product.yaml states', async () => {
    const workspace = shop({ 'products/shop/product.yaml': 'offset: 20\n' })
    const { stdout } = await product('env --merge', workspace)
    expect(stdout).toContain('shop  offset 20 (product.yaml)')
    expect(stdout).toContain('  ports    adjusted 1 feature port(s) (+20)\n')
    expect(workspace.read(ENV)).toContain('REDIS_HOST_PORT=6400\n')
  })

  test.each(['99999999999', '999999999999999'])(
    'takes %s for a port, and one that is too high',
    async (port) => {
      const workspace = makeWorkspace({
        'features/a/.env.example': `A_HOST_PORT=${port}\n`,
        'products/shop/': '',
      })
      const { exitCode, stderr } = await product('env --merge', workspace)
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('[port-out-of-range]')])
    },
  )

  test('spreads the offsets as far as workspace.yaml says', async () => {
    const workspace = shop({ 'workspace.yaml': 'modulus: 100\n' })
    expect((await product('env --merge --dry-run', workspace)).stdout).toContain('shop  offset 86 ')
  })

  test.each([
    ['--dev', 'A=dev'],
    ['--prod', 'A=any'],
    ['', 'A=any'],
  ])('with `%s` takes the template of that environment, where there is one', async (option, expected) => {
    const workspace = makeWorkspace({
      'products/shop/': '',
      'features/a/.env.example': 'A=any\n',
      'features/a/.env.dev.example': 'A=dev\n',
    })
    await product(`env --merge ${option}`, workspace)
    expect(workspace.read(ENV)).toContain(`\n${expected}\n`)
  })

  test('goes on with the environment that the product env was merged for, until another is asked for', async () => {
    const workspace = makeWorkspace({
      'products/shop/': '',
      'features/a/.env.example': 'A=any\n',
      'features/a/.env.dev.example': 'A=dev\n',
      'features/a/.env.prod.example': 'A=prod\n',
    })
    await product('env --merge --prod', workspace)
    workspace.write({ 'features/b/.env.example': 'B=any\n', 'features/b/.env.prod.example': 'B=prod\n' })
    expect((await product('env --merge', workspace)).exitCode).toBe(0)
    expect(workspace.read(ENV)).toContain('\nB=prod\n')
    const before = workspace.read(ENV)
    await product('env --merge --refresh', workspace)
    expect(workspace.read(ENV)).toBe(before)
    await product('env --merge --refresh --dev', workspace)
    expect(workspace.read(ENV)).toContain('\nA=dev\n')
  })

  test('names a feature without a template, and goes on', async () => {
    const workspace = shop({ 'features/empty/': '' })
    const { exitCode, stderr } = await product('env --merge', workspace)
    expect([exitCode, stderr]).toEqual([
      0,
      'features/empty: warning: Feature empty has no .env.example [no-template]\n' +
        '  Create features/empty/.env.example, or remove the feature from the product.\n',
    ])
  })

  test('of a product without features says so', async () => {
    const { exitCode, stdout } = await product('env --merge', makeWorkspace({ 'products/shop/': '' }))
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('no feature of the product has a template'),
    ])
  })

  test('of a template of comments only adds nothing', async () => {
    const workspace = makeWorkspace({ 'features/a/.env.example': '# nothing yet\n', [ENV]: 'A=1\n' })
    const { exitCode, stdout } = await product('env --merge', workspace)
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('nothing to do')])
    expect(workspace.read(ENV)).toBe('A=1\n')
  })

  test('makes a new product env that only its owner may read', async () => {
    const workspace = shop()
    await product('env --merge', workspace)
    expect(statSync(workspace.path(ENV)).mode & 0o777).toBe(0o600)
  })

  test('keeps the mode of the product env, and the link to it', async () => {
    const workspace = shop({ 'products/shop/real.env': 'A=1\n' })
    chmodSync(workspace.path('products/shop/real.env'), 0o640)
    symlinkSync('real.env', workspace.path(ENV))
    await product('env --merge', workspace)
    expect(workspace.read('products/shop/real.env')).toContain('REDIS_HOST_PORT=6966\n')
    expect(statSync(workspace.path('products/shop/real.env')).mode & 0o777).toBe(0o640)
  })

  test('leaves a read-only product env alone', async () => {
    const workspace = shop({ [ENV]: 'A=1\n' })
    chmodSync(workspace.path(ENV), 0o400)
    const { exitCode, stdout, stderr } = await product('env --merge', workspace)
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('nothing was written; fix the errors first'),
    ])
    expect(stderr).toMatch(
      /^products\/shop\/\.env: error: This file cannot be written: .*read-only.* \[cannot-write\]\n/,
    )
    expect(workspace.read(ENV)).toBe('A=1\n')
  })
})

describe('--all', () => {
  const files: Files = { ...REDIS, 'products/blog/': '', 'products/shop/': '' }

  test('merges every product', async () => {
    const workspace = makeWorkspace(files)
    const { exitCode, stdout } = await product('env --merge --all', workspace)
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^blog {2}.*\n\nshop {2}/s)])
    expect(workspace.read('products/blog/.env')).toMatch(/^REDIS_HOST_PORT=/m)
    expect(workspace.read(ENV)).toMatch(/^REDIS_HOST_PORT=/m)
  })

  test.each([
    [
      'a template that Compose refuses',
      { 'features/bad/.env.example': 'A="1\n', 'products/blog/product.yaml': 'features: [redis]\n' },
    ],
    ['a bad product.yaml', { 'products/shop/product.yaml': 'features: redis\n' }],
    ['a port over 65535', { 'products/shop/product.yaml': 'offset: 65000\n' }],
    ['a product env that Compose refuses', { [ENV]: 'A B=1\n' }],
  ])('writes no product where one has %s', async (_, broken: Files) => {
    const workspace = makeWorkspace({ ...files, ...broken })
    const before = workspace.all()
    const { exitCode, stdout } = await product('env --merge --all', workspace)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/2 env files: 0 changed, \d with errors\n$/)
    expect(workspace.all()).toEqual(before)
  })

  test('tells a problem of a template once', async () => {
    const workspace = makeWorkspace({ ...files, 'features/redis/.env.example': 'X_HOST_PORT=x\n' })
    const { stderr } = await product('env --merge --all', workspace)
    expect(stderr.match(/port-not-a-number/g)).toHaveLength(1)
  })
})

describe('--generate', () => {
  test.each(['env --generate --all --json', 'env --merge --all --json', 'list --json'])(
    'tells once what is wrong for several products: %s',
    async (line) => {
      const workspace = makeWorkspace({
        'features/redis/.env.example/a-folder': '',
        'products/a/.env.example': 'A=1\n',
        'products/b/.env.example': 'B=1\n',
      })
      const { problems } = JSON.parse((await product(line, workspace)).stdout)
      expect(problems).toMatchObject([{ code: 'unreadable-file', file: 'features/redis/.env.example' }])
    },
  )

  test("makes the product env from the product's own .env.example, ports as they are", async () => {
    const example = '# mine\r\nNAME=__PRODUCT__\r\nWEB_HOST_PORT=8000\r\n'
    const workspace = shop({ 'products/shop/.env.example': example })
    expect(await product('env --generate', workspace)).toMatchObject({
      exitCode: 0,
      stdout: 'products/shop/.env created from products/shop/.env.example\n',
      stderr: '',
    })
    expect(workspace.bytes(ENV)).toBe(example.replace('__PRODUCT__', 'shop'))
  })

  test('leaves a product env that is there', async () => {
    const workspace = shop({ 'products/shop/.env.example': 'A=1\n', [ENV]: 'A=2\n' })
    const before = stateOf(workspace, ENV)
    expect(await product('env --generate', workspace)).toMatchObject({
      exitCode: 0,
      stdout: 'products/shop/.env already exists and is unchanged\n',
      stderr: '',
    })
    expect(stateOf(workspace, ENV)).toEqual(before)
  })

  test('needs an .env.example', async () => {
    const { exitCode, stderr } = await product('env --generate', shop())
    expect([exitCode, stderr]).toEqual([
      1,
      'products/shop/.env.example: error: Product shop has no .env.example [no-env-example]\n' +
        '  Create products/shop/.env.example, or use --merge, which does not need it.\n',
    ])
  })

  test('refuses an .env.example that Compose refuses', async () => {
    const workspace = shop({ 'products/shop/.env.example': 'A=1\nB="2\n' })
    const { exitCode, stderr } = await product('env --generate', workspace)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^products\/shop\/\.env\.example:2: error: .* the quote " is never closed \[env-refused\]\n/,
      ),
    ])
    expect(workspace.read(ENV)).toBeNull()
  })

  test('says as JSON what it has made', async () => {
    const workspace = shop({ 'products/shop/.env.example': 'A=1\n' })
    const from = 'products/shop/.env.example'
    const answer = { product: 'shop', file: ENV, from, exists: false, changed: true, written: true }
    expect(JSON.parse((await product('env --generate --json', workspace)).stdout)).toEqual({
      version: 1,
      ok: true,
      products: [answer],
      problems: [],
    })
    const again = JSON.parse((await product('env --generate --json', workspace)).stdout)
    expect(again).toMatchObject({
      ok: true,
      products: [{ ...answer, exists: true, changed: false, written: false }],
    })
  })

  test('--dry-run writes nothing, and --quiet prints nothing', async () => {
    const workspace = shop({ 'products/shop/.env.example': 'A=1\n' })
    expect(await product('env --generate --dry-run', workspace)).toMatchObject({
      exitCode: 0,
      stdout: `${ENV} would be created from products/shop/.env.example\n`,
      stderr: '',
    })
    const json = JSON.parse((await product('env --generate -n --json', workspace)).stdout)
    expect(json).toMatchObject({ products: [{ changed: true, written: false }] })
    expect(workspace.read(ENV)).toBeNull()
    expect((await product('env --generate --quiet', workspace)).stdout).toBe('')
    expect(workspace.read(ENV)).toBe('A=1\n')
  })

  test('of all products leaves out one that has nothing to make it from', async () => {
    const workspace = shop({ 'products/shop/.env.example': 'A=1\n', 'products/blog/': '' })
    const { exitCode, stdout } = await product('env --generate --all', workspace)
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('products/blog/.env not created')])
    expect(workspace.read(ENV)).toBe('A=1\n')
  })
})

describe('what only shows', () => {
  test.each(['--dry-run', '--diff', '--check', '--dry-run --json', '--check --quiet', '--diff --reveal'])(
    '(%s) writes nothing',
    async (options) => {
      const workspace = shop({ [ENV]: 'A=1\n' })
      const before = stateOf(workspace, ENV)
      await product(`env --merge ${options}`, workspace)
      expect(stateOf(workspace, ENV)).toEqual(before)
    },
  )

  test('--dry-run reports what a merge would do, and says that it did not', async () => {
    const workspace = shop()
    const { exitCode, stdout } = await product('env --merge --dry-run', workspace)
    const done = (await product('env --merge', workspace)).stdout
    expect([exitCode, stdout]).toEqual([0, `${done}  dry run  nothing was written\n`])
  })

  test('--check fails where there is something to do', async () => {
    const workspace = shop()
    expect((await product('env --merge --check', workspace)).exitCode).toBe(1)
    await product('env --merge', workspace)
    expect((await product('env --merge --check', workspace)).exitCode).toBe(0)
  })

  test('--check fails where there is an error, though nothing would change', async () => {
    const workspace = shop()
    await product('env --merge', workspace)
    workspace.write({ 'features/redis/.env.example': 'REDIS_HOST_PORT=6380\nREDIS_URL="\n' })
    expect((await product('env --merge --check', workspace)).exitCode).toBe(1)
  })

  test('--check passes with warnings', async () => {
    const workspace = shop({ 'features/empty/': '' })
    await product('env --merge', workspace)
    expect(await product('env --merge --check --quiet', workspace)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('[no-template]'),
    })
  })

  test('--quiet prints problems only', async () => {
    expect(await product('env --merge --quiet', shop())).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })
})

describe('--diff', () => {
  test('shows ports, which are no secrets, and masks all else that is the product’s own', async () => {
    const own = 'OWN_HOST_PORT=9000\nODD_HOST_PORT=hunter2\nOTHER=9001\n'
    const { stdout } = await product('env --merge --diff', shop({ [ENV]: own }))
    expect(stdout).toContain('\n OWN_HOST_PORT=9000\n ODD_HOST_PORT=********\n OTHER=********\n')
  })

  test('is unified, with the values of the product masked', async () => {
    const workspace = shop({ [ENV]: 'A=secret\n#B = secret\nC="secret\nsecret" # why\n' })
    expect((await product('env --merge --diff', workspace)).stdout).toBe(`\
--- a/products/shop/.env
+++ b/products/shop/.env
@@ -2,3 +2,9 @@
 #B = ********
 C=********
 ********
+
+# >>> redis (features/redis/.env.example)
+# 6380 + 586
+REDIS_HOST_PORT=6966
+REDIS_URL=redis://redis:6379
+# <<< redis ${await sumOf(workspace)}
`)
  })

  test('is empty where nothing changes', async () => {
    const workspace = shop()
    await product('env --merge', workspace)
    expect(await product('env --merge --diff', workspace)).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })

  const hasPatch = spawnSync('patch', ['--version']).status === 0
  const old = 'A=1\n\tB="x\ty"\n\n\n'
  test.skipIf(!hasPatch).each<readonly [string, Files, string]>([
    ['a new file', {}, ''],
    ['an old one', { [ENV]: old }, ''],
    ['one without a newline at its end', { [ENV]: 'A=1\nB=2' }, ''],
    ['one with Windows line ends', { [ENV]: 'A=1\r\nB=2\r\n' }, ''],
    ['one with trailing blanks and empty lines', { [ENV]: 'A=1  \n\n \n\n' }, ''],
    ['several files', { [ENV]: old, 'products/blog/': '' }, '--all'],
  ])('can be applied with patch to %s', async (_, files, option) => {
    const [patched, merged] = [shop(files), shop(files)]
    const { stdout } = await product(`env --merge --diff --reveal ${option}`, patched)
    execFileSync('patch', ['-p1', '--binary', '--silent'], { cwd: patched.root, input: stdout })
    await product(`env --merge ${option}`, merged)
    expect(patched.all()).toEqual(merged.all())
  })

  test.skipIf(!hasPatch)('can be applied where a refresh changes lines above empty ones', async () => {
    const [patched, merged] = [shop(), shop()]
    for (const workspace of [patched, merged]) {
      await product('env --merge', workspace)
      workspace.write({
        [ENV]: `${workspace.read(ENV)}\n\n\n`,
        'features/redis/.env.example': 'REDIS_URL=x\n',
      })
    }
    const { stdout } = await product('env --merge --refresh --diff --reveal', patched)
    execFileSync('patch', ['-p1', '--silent'], { cwd: patched.root, input: stdout })
    await product('env --merge --refresh', merged)
    expect(patched.read(ENV)).toBe(merged.read(ENV))
  })

  /** The sum in the closing mark, which only the merge itself knows. */
  async function sumOf(workspace: TestWorkspace): Promise<string> {
    await product('env --merge', workspace)
    return /# <<< redis (\w{8})/.exec(workspace.read(ENV) ?? '')?.[1] ?? ''
  }
})

describe('--json', () => {
  test('is one document with every documented field', async () => {
    const workspace = shop({ [ENV]: 'REDIS_URL=mine\n', 'features/empty/': '' })
    const { exitCode, stdout, stderr } = await product('env --merge --json', workspace)
    const warning = {
      code: 'no-template',
      severity: 'warning',
      file: 'features/empty',
      message: 'Feature empty has no .env.example',
      next: 'Create features/empty/.env.example, or remove the feature from the product.',
    }
    const place = { feature: 'redis', file: 'features/redis/.env.example' }
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('[no-template]')])
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      ok: true,
      products: [
        {
          product: 'shop',
          instance: null,
          offset: { value: 586, from: 'crc32' },
          file: ENV,
          changed: true,
          written: true,
          copy: null,
          createdFrom: null,
          merged: ['redis'],
          sections: [{ feature: 'redis', change: 'added' }],
          dropped: [],
          orphaned: [],
          entries: [
            {
              key: 'REDIS_HOST_PORT',
              ...place,
              line: 1,
              outcome: 'adjusted',
              base: '6380',
              offset: 586,
              host: '6966',
              placeholders: [],
              value: '6966',
              masked: false,
              given: '6966',
              kept: null,
              first: null,
            },
            {
              key: 'REDIS_URL',
              ...place,
              line: 2,
              outcome: 'kept',
              base: null,
              offset: null,
              host: null,
              placeholders: [],
              value: null,
              masked: true,
              given: 'redis://redis:6379',
              kept: { line: 1, untouched: false },
              first: null,
            },
          ],
          problems: [],
        },
      ],
      problems: [warning],
    })
  })

  test('shows with --reveal what the product says', async () => {
    const { stdout } = await product('env --merge --json --reveal', shop({ [ENV]: 'REDIS_URL=mine\n' }))
    expect(JSON.parse(stdout).products[0].entries[1]).toMatchObject({ value: 'mine', masked: false })
  })

  test('has a key called __proto__ as any other', async () => {
    const workspace = makeWorkspace({
      'products/shop/': '',
      'features/a/.env.example': '__proto__=1\nconstructor=2\n',
    })
    const { stdout } = await product('env --merge --json', workspace)
    expect(JSON.parse(stdout).products[0].entries).toMatchObject([
      { key: '__proto__', value: '1' },
      { key: 'constructor', value: '2' },
    ])
    expect(workspace.read(ENV)).toContain('\n__proto__=1\nconstructor=2\n')
    expect((await product('env', workspace)).stdout).toContain('__proto__')
  })

  test.each(['env --merge nope --json', 'env nope --json', 'env --generate nope --json'])(
    'is a document, too, where `%s` comes to no product',
    async (line) => {
      const { exitCode, stdout } = await product(line, shop())
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({
        version: 1,
        ok: false,
        products: [],
        problems: [{ code: 'no-product' }],
      })
    },
  )

  test('is a document, too, where there is no workspace', async () => {
    const { exitCode, stdout } = await product('env --merge --json', makeFolder())
    expect([exitCode, JSON.parse(stdout).problems]).toMatchObject([1, [{ code: 'no-workspace' }]])
  })

  test('says "ok": false where an error stops the run', async () => {
    const { stdout } = await product(
      'env --merge --json',
      shop({ 'products/shop/product.yaml': 'offset: 65000\n' }),
    )
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, products: [{ changed: false, written: false }] })
  })
})

test('a folder where the product env should be is a problem, told once', async () => {
  const workspace = shop({ 'products/shop/.env.example': 'A=1\n' })
  mkdirSync(workspace.path(ENV))
  for (const line of ['env --merge', 'env', 'env --generate']) {
    const { exitCode, stderr } = await product(line, workspace)
    expect([exitCode, stderr]).toEqual([
      1,
      'products/shop/.env: error: This file cannot be read: it is a folder, not a file [unreadable-file]\n' +
        '  Check the file and its permissions (ls -l).\n',
    ])
  }
})
