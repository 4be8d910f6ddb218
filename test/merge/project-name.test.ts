// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what env files look like
/** The names that Compose refuses for a project, wherever an env file sets them. */
import { describe, expect, it } from 'vitest'
import { encode, toBuffer } from '../../src/env/bytes.js'
import { product } from '../support/cli.js'
import { composeConfig, composeMissing, requireOrSkip } from '../support/compose.js'
import { composeReads } from '../support/compose-env.js'
import { makeWorkspace } from '../support/workspace.js'
import { plan, problems } from './products.js'

/** What stands behind `COMPOSE_PROJECT_NAME`, and whether Docker Compose 2.40.3 refuses it. */
const NAMES: [string, boolean][] = [
  ...['=My.App', '=_x', '=-a', '=A B', '="A B"', '=ABC', '=a.b', '=é', '=a/b', '=a:b', '=__', "=' ab'"],
  ...['=${Y:-Up}', '=${Y:-up}.x', '="a\n"', '=ok\nCOMPOSE_PROJECT_NAME=No', '=No\nCOMPOSE_PROJECT_NAME'],
].map((text): [string, boolean] => [text, true])
for (const text of [
  '=x_',
  '=x-',
  '=1',
  '=0a',
  '=a--b',
  '=',
  "=''",
  '=$Y',
  '=${Y:-up}',
  '= ab ',
  '=a # B',
  '',
])
  NAMES.push([text, false])
NAMES.push(['=No\nCOMPOSE_PROJECT_NAME=ok', false], ['=No\nCOMPOSE_PROJECT_NAME=', false])

describe('COMPOSE_PROJECT_NAME', () => {
  it.each(NAMES)('%j', (text, refused) => {
    const env = encode(`A=1\nCOMPOSE_PROJECT_NAME${text}\n`)
    const line = text.includes('\nCOMPOSE') ? 3 : 2
    expect(problems({ env })).toEqual(refused ? [`bad-project-name products/app/.env:${line}`] : [])
    expect(plan({ env }).after).toBe(env)
  })

  it('of a template that may set it', () => {
    const allow = ['COMPOSE_PROJECT_NAME']
    const features = { f: '# A comment\nCOMPOSE_PROJECT_NAME=My.App\n' }
    expect(problems({ features, allow })).toEqual(['bad-project-name features/f/.env.example:2'])
    const own = { env: 'COMPOSE_PROJECT_NAME=ok\n', features, allow }
    expect(problems(own)).toEqual([])
  })

  it('of the example that a product env is made from', () => {
    const example = 'COMPOSE_PROJECT_NAME=__PRODUCT__.x\n'
    expect(problems({ example })).toEqual(['bad-project-name products/app/.env.example:1'])
  })

  it('that was in a section, which no one sets any more', () => {
    const features = { f: 'COMPOSE_PROJECT_NAME=ok\n' }
    const env = `COMPOSE_PROJECT_NAME=No\n${plan({ features, allow: ['COMPOSE_PROJECT_NAME'] }).after}`
    expect(problems({ env })).toEqual([])
    expect(problems({ env }, { prune: true })).toContain('bad-project-name products/app/.env:1')
  })
})

describe('every command that looks at a product names the line', () => {
  const said =
    /^products\/shop\/\.env:2: error: COMPOSE_PROJECT_NAME is not set to a valid .* \[bad-project-name\]$/m
  const workspace = makeWorkspace({ 'products/shop/.env': 'A=1\nCOMPOSE_PROJECT_NAME=My.App\n' })

  it.each(['env --merge shop', 'env shop', 'check', 'ports'])('product %s', async (line) => {
    const { exitCode, stderr } = await product(line, workspace)
    expect(stderr).toMatch(said)
    expect(exitCode).toBe(1)
  })

  it('but for one that the shell replaces, when the product env is shown', async () => {
    const env = { COMPOSE_PROJECT_NAME: 'ok' }
    expect(await product('env shop', workspace, { env })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('also of an overlay', async () => {
    const files = {
      'products/shop/.env': 'A_HOST_PORT=80\n',
      'products/shop/.env.blue':
        '# >>> shop@blue (products/shop/.env)\nCOMPOSE_PROJECT_NAME=B.lue\n# <<< shop@blue 00000000\n',
    }
    const { stderr } = await product('check', makeWorkspace(files))
    expect(stderr).toMatch(/^products\/shop\/\.env\.blue:2: error: .* \[bad-project-name\]$/m)
    const instance = await product('env shop --instance blue', makeWorkspace(files))
    expect(instance.stderr).toMatch(/^products\/shop\/\.env\.blue:2: error: .* \[bad-project-name\]$/m)
  })
})

/** `name:` of a Compose file, a product env, and whether Compose 2.40.3 refuses the project. */
const FILES: [string, string, boolean][] = [
  ['"..."', '', true],
  ['${X}', '', true],
  ['${X:-_}', 'X=\n', true],
  ['${X}', 'X=a\n', false],
  ['A B', '', false],
  ['""', '', false],
  ['${X}', 'COMPOSE_PROJECT_NAME=a\n', false],
  ['${X}', 'COMPOSE_PROJECT_NAME=\n', true],
]
const composeText = (name: string) => `name: ${name}\nservices:\n  web:\n    image: nginx\n`

describe('a name: of which nothing is left', () => {
  it.each(FILES)('%s with %j', async (name, env, refused) => {
    const files = { 'products/shop/compose.yaml': composeText(name), 'products/shop/.env': env }
    const { stderr } = await product('check', makeWorkspace(files))
    if (refused) expect(stderr).toMatch(/^products\/shop\/compose\.yaml:1:7: error: .* \[compose-refused\]$/m)
    else expect(stderr).toBe('')
  })
})

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('Compose says the same', () => {
  it.each(NAMES)('%j', (text, refused) => {
    const read = composeReads(toBuffer(encode(`A=1\nCOMPOSE_PROJECT_NAME${text}\n`)), [])
    expect(read.ok).toBe(!refused)
    if (!read.ok) expect(read.message).toContain('invalid project name')
  })

  it.each(FILES)('name: %s with %j', (name, env, refused) => {
    const files = { 'products/shop/compose.yaml': composeText(name), 'products/shop/.env': env }
    const { code, stderr } = composeConfig(makeWorkspace(files).path('products/shop'))
    expect([code === 0, /project name must not be empty/.test(stderr)]).toEqual([!refused, refused])
  })
})
