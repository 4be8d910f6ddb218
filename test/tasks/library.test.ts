/** What the commands do, done by a program: plain data in, plain data out, with the same files written. */
import { describe, expect, test } from 'vitest'
import * as library from '../../src/index.js'
import { fakeMachine } from '../support/machine.js'
import { demoWorkspace, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

const machine = fakeMachine()

function open(here: TestWorkspace) {
  return library.openWorkspace(here.root)
}

/** Two products with one offset, which have the same port. */
function colliding(): TestWorkspace {
  return makeWorkspace({
    'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
    'products/a/product.yaml': 'offset: 5\n',
    'products/b/product.yaml': '',
    'workspace.yaml': 'modulus: 2000\n',
    'products/c/product.yaml': 'offset: 5\n',
  })
}

describe('mergeProducts', () => {
  test('writes the product env and returns its plan', async () => {
    const here = demoWorkspace()
    const { state, products, problems } = await library.mergeProducts(await open(here), ['my_first_app'])
    expect([state, problems, products.map(({ written }) => written)]).toEqual(['done', [], [true]])
    expect(products[0]?.plan.after).toBe(here.read('products/my_first_app/.env'))
  })

  test('writes nothing in a dry run', async () => {
    const here = demoWorkspace()
    const task = { dryRun: true }
    const { state, products } = await library.mergeProducts(await open(here), ['my_first_app'], task)
    expect([state, products[0]?.written, here.read('products/my_first_app/.env')]).toEqual([
      'shown',
      false,
      null,
    ])
  })

  test('returns a problem for a product that does not exist', async () => {
    const { state, problems } = await library.mergeProducts(await open(demoWorkspace()), ['my_frist_app'])
    expect([state, problems.map(({ code }) => code)]).toEqual(['stopped', ['no-product']])
  })

  test('looks for ports that somebody else holds only on a given machine', async () => {
    const held = fakeMachine({ sockets: [{ port: 6971 }] })
    for (const [task, codes] of [
      [{ machine: held }, ['port-held']],
      [{}, []],
    ] as const) {
      const merged = await library.mergeProducts(await open(demoWorkspace()), ['my_first_app'], task)
      expect(merged.problems.map(({ code }) => code)).toEqual(codes)
    }
  })

  test('creates an instance, which viewProducts shows and removeInstances removes', async () => {
    const here = demoWorkspace()
    await library.mergeProducts(await open(here), ['my_first_app'], { instance: 'blue' })
    const { products } = await library.viewProducts(await open(here), ['my_first_app'], { instance: 'blue' })
    expect(products[0]?.entries.map(({ file }) => file)).toContain('products/my_first_app/.env.blue')
    const removal = await library.removeInstances(await open(here), ['my_first_app'], 'blue')
    expect(removal).toEqual({ removed: ['products/my_first_app/.env.blue'], problems: [] })
    expect(here.read('products/my_first_app/.env.blue')).toBeNull()
  })
})

test('generateEnvs returns what it has written', async () => {
  const here = makeWorkspace({ 'features/': '', 'products/shop/.env.example': 'A=1\n', 'products/blog/': '' })
  const { products, problems } = await library.generateEnvs(await open(here), ['blog', 'shop'], {
    skip: true,
  })
  expect([products.map(({ written }) => written), problems]).toEqual([[false, true], []])
})

describe('checkWorkspace and fixCollisions', () => {
  test('find a collision and resolve it', async () => {
    const here = colliding()
    const before = await library.checkWorkspace(await open(here), { machine })
    expect(before.check?.collisions).toHaveLength(1)
    const fix = await library.fixCollisions(await open(here), { refresh: true })
    expect([fix.state, fix.written, fix.reassignments.map(({ file }) => file)]).toEqual([
      'done',
      true,
      ['products/c/product.yaml'],
    ])
    const after = await library.checkWorkspace(await open(here), { machine })
    expect(after.check?.collisions).toEqual([])
  })

  test('have no result for a name that is not known', async () => {
    const { check, problems } = await library.checkWorkspace(await open(colliding()), {
      names: ['x'],
      machine,
    })
    expect([check, problems.map(({ code }) => code)]).toEqual([null, ['no-product']])
  })
})

describe('ports', () => {
  test('portOf and whoisPort answer each other', async () => {
    const workspace = await open(demoWorkspace())
    const { claim } = await library.portOf(workspace, 'my_first_app', 'REDIS_HOST_PORT')
    const { claims } = await library.whoisPort(workspace, claim?.from ?? 0, machine)
    expect(claims).toContainEqual(claim)
    const { ports } = await library.listPorts(workspace, { names: ['my_first_app'] })
    expect(ports?.claims).toContainEqual(claim)
    expect(ports?.live).toBeNull()
  })

  test('explainPort needs no workspace', async () => {
    const { port, set, problems } = await library.explainPort(null, 'my_first_app', 'crc32', 8081)
    expect([port, set, problems]).toEqual([8672, null, []])
  })
})

test('newFeature creates a feature that listFeatures returns and lintFeatures finds nothing in', async () => {
  const here = demoWorkspace()
  const { feature } = await library.newFeature(await open(here), 'sessions', { image: 'redis:7' })
  expect(feature?.edits.map(({ file }) => here.read(file))).not.toContain(null)
  const workspace = await open(here)
  const { features } = await library.listFeatures(workspace)
  expect(features.map(({ name }) => name)).toContain('sessions')
  expect(await library.lintFeatures(workspace, ['sessions'])).toMatchObject({
    features: 1,
    findings: [],
    problems: [],
  })
})
