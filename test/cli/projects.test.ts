/** Products and instances that Compose would take for one project. */
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { composeProjectName } from '../../src/merge/project-name.js'
import { surveyProducts } from '../../src/tasks/survey.js'
import { openWorkspace } from '../../src/workspace/workspace.js'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace } from '../support/workspace.js'
import { brief, checked, colliding, composeOf, ok, portsOf, REDIS } from './claims-support.js'

const WEB: Files = { 'features/web/.env.example': 'WEB_HOST_PORT=8000\n' }

/** An overlay of no ports. */
function overlay(name: string, instance: string, project: string): Files {
  const section = `${name}@${instance}`
  return {
    [`products/${name}/.env.${instance}`]: `# >>> ${section} (products/${name}/.env)\nCOMPOSE_PROJECT_NAME=${project}\n# <<< ${section} 00000000\n`,
  }
}

const named = (name: string): Files => ({
  [`products/${name}/compose.yaml`]: `name: shared\n${composeOf('web', '"80"')}`,
})

describe('check finds several of one project name', () => {
  test.each<[string, Files, string[]]>([
    [
      'spelt in large and small letters',
      { 'products/Shop.One/': '', 'products/shopone/': '' },
      ['Shop.One, shopone have the same Compose project name, shopone:'],
    ],
    [
      'instances of one product',
      { ...overlay('a', 'Blue', 'a-blue'), ...overlay('a', 'b.lue', 'a-blue') },
      ['a@Blue, a@b.lue have the same Compose project name, a-blue:'],
    ],
    [
      'instances of two products',
      { ...overlay('a', 'b-c', 'a-b-c'), ...overlay('a-b', 'c', 'a-b-c'), 'products/a-b-c/': '' },
      ['a@b-c, a-b@c, a-b-c have the same Compose project name, a-b-c:'],
    ],
    [
      'an instance and its product',
      { 'products/a/.env': 'COMPOSE_PROJECT_NAME=x\n', ...overlay('a', 'blue', 'x') },
      ['a, a@blue have the same Compose project name, x:'],
    ],
    [
      'a name of the Compose file, which Compose writes small',
      { 'products/a/compose.yaml': 'name: My.Shop\nservices: {}\n', 'products/myshop/': '' },
      ['a, myshop have the same Compose project name, myshop:'],
    ],
    [
      'a Compose file that was copied',
      { ...named('a'), ...named('b') },
      ['a, b have the same Compose project name, shared:'],
    ],
    [
      'none where the product env states another',
      { ...named('a'), ...named('b'), 'products/b/.env': 'COMPOSE_PROJECT_NAME=b\n' },
      [],
    ],
  ])('%s', async (_, files, messages) => {
    const here = makeWorkspace(files)
    const { problems, exitCode, ok } = await checked(here)
    expect(problems.map(({ code, message }) => [code, message.replace(/: .*/, ':')])).toEqual(
      messages.map((message) => ['same-project', message]),
    )
    expect([exitCode, ok]).toEqual(messages.length === 0 ? [0, true] : [1, false])
    expect((await product('check --format github', here)).exitCode).toBe(exitCode)
  })

  test('and says where another is to be stated', async () => {
    const { problems } = await checked(makeWorkspace({ 'products/A/': '', 'products/a/': '' }))
    expect(problems).toMatchObject([
      { file: 'products/a/.env', next: 'Set another name in products/a/.env: COMPOSE_PROJECT_NAME=…' },
    ])
    const instances = makeWorkspace({ ...overlay('a', 'X', 'a-x'), ...overlay('a', 'x', 'a-x') })
    expect((await checked(instances)).problems[0]?.next).toMatch(
      /product env a --instance x --remove.*COMPOSE_PROJECT_NAME in products\/a\/\.env\.x/,
    )
  })

  test('which concern those that are named', async () => {
    const here = makeWorkspace({ 'products/A/': '', 'products/a/': '', 'products/b/': '' })
    expect((await checked(here, 'b')).problems).toEqual([])
    expect((await checked(here, 'A b')).problems).toHaveLength(1)
  })

  test('and parts their ports with --fix all the same', async () => {
    const here = colliding({ 'products/A/product.yaml': 'offset: 6\n' })
    const { collisions, reassignments, problems, exitCode } = await checked(here, '--fix')
    expect({ collisions, exitCode }).toEqual({ collisions: [], exitCode: 1 })
    expect(reassignments).toHaveLength(2)
    expect(problems.map(({ code }) => code)).toEqual(['same-project'])
  })
})

describe('the project directory is the folder of the first Compose file', () => {
  const include = (path: string): string => `include: [${path}features/redis/compose.yaml]\n`

  test.each<[string, string, Files, string, string]>([
    [
      'of COMPOSE_FILE',
      'docker/compose.yaml',
      { 'products/blog/docker/compose.yaml': include('../../../') },
      'products/blog/docker',
      'docker',
    ],
    [
      'of its first part, whatever the others include',
      'My.Stack/a.yaml:docker/compose.yaml',
      {
        'products/blog/My.Stack/a.yaml': 'services: {}\n',
        'products/blog/docker/compose.yaml': include('../../../'),
      },
      'products/blog/My.Stack',
      'mystack',
    ],
    ['outside of the product', '../../compose.yaml', { 'compose.yaml': include('') }, '.', ''],
    [
      'and the files say another name',
      'docker/compose.yaml',
      { 'products/blog/docker/compose.yaml': `name: Fancy\n${include('../../../')}` },
      'products/blog/docker',
      'fancy',
    ],
  ])('%s', async (_, stated, files, directory, name) => {
    const here = makeWorkspace({ ...REDIS, 'products/blog/.env': `COMPOSE_FILE=${stated}\n`, ...files })
    await ok('env --merge blog', here)
    expect(await checked(here)).toMatchObject({ ports: 1, problems: [] })
    expect(brief(await portsOf(here))).toEqual(['blog REDIS_HOST_PORT 6911/tcp adjusted'])
    const { owners } = await surveyProducts(await openWorkspace(here.root), ['blog'])
    const project = name || composeProjectName(basename(here.root))
    expect(owners).toMatchObject([{ directory, projectName: project }])
    const { products } = JSON.parse(await ok('list --json', here)) as { products: { project: string }[] }
    expect(products).toMatchObject([{ project }])
  })
})

describe('a new overlay', () => {
  test.each<[string, Files, string, string, string]>([
    ['of the same product', {}, 'a --instance Blue', 'a --instance b.lue', 'a@Blue, a@b.lue'],
    ['of another product', {}, 'a --instance b-c', 'a-b --instance c', 'a@b-c, a-b@c'],
    ['where a product has it', { 'products/a-x/': '' }, 'a --instance y', 'a --instance x', 'a-x, a@x'],
    [
      'where another is made in the same run',
      { 'products/A/': '' },
      'a-b --instance c',
      '--all --instance blue',
      'A@blue, a@blue',
    ],
  ])('is refused if its project name is there already: %s', async (_, files, first, second, owners) => {
    const here = makeWorkspace({ ...WEB, 'products/a/': '', 'products/a-b/': '', ...files })
    await ok(`env --merge ${first}`, here)
    const before = here.all()
    const { exitCode, stderr } = await product(`env --merge ${second} --quiet`, here)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`error: ${owners} have the same Compose`)])
    expect(stderr).toContain('[same-project]\n  Give the instance another name')
    expect(here.all()).toEqual(before)
  })

  test('that is there is merged again, whatever others are called', async () => {
    const here = makeWorkspace({ ...WEB, 'products/a/': '' })
    await ok('env --merge a --instance blue', here)
    here.write(overlay('a', 'Blue', 'a-blue'))
    await ok('env --merge a --instance blue --refresh', here)
  })
})
