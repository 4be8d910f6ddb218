/** Original and copies, as `docker compose config` reads them: accepted, disjoint, and equal in all else. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { project } from '../compose/generate.js'
import { compose, inParallel } from '../compose/oracle.js'
import { product } from '../support/cli.js'
import { composeMissing, requireOrSkip } from '../support/compose.js'
import { git } from '../support/git.js'
import { SEED } from '../support/seed.js'
import { makeFolder, type TestWorkspace } from '../support/workspace.js'
import { PROJECTS } from './projects.js'
import type { Files } from './support.js'

const GENERATED = 12
const COPIES = ['blue', 'green'] as const

// biome-ignore lint/suspicious/noExplicitAny: the JSON of another program
type Json = any

interface Read {
  readonly name: string
  readonly model: Json
}

/** Reads a project as Compose does, without options. */
async function read(folder: TestWorkspace, copy: string, name: string): Promise<Read | string> {
  const root = folder.path(`${copy}/${name}`)
  for (const profiles of [['--profile', '*'], []]) {
    const { code, stdout, stderr } = await compose(root, [...profiles, 'config', '--format', 'json'], ENV)
    if (code === 0)
      return {
        name: copy,
        model: JSON.parse(stdout.replaceAll(root, '/here').replaceAll(folder.path(copy), '/above')),
      }
    // Profiles that exclude each other are refused together.
    if (!/already in use|conflict/.test(stderr)) return stderr
  }
  return 'refused'
}

const ENV = { HOME: '/home/me' }

/** Everything that a host has only once, as texts. */
function taken({ model }: Read): string[] {
  const services: [string, Json][] = Object.entries(model.services ?? {})
  const names = (kind: string) => Object.values<Json>(model[kind] ?? {}).map(({ name }) => `${kind} ${name}`)
  return [
    `project ${model.name}`,
    ...names('networks'),
    ...names('volumes'),
    ...services.flatMap(([name, service]) => [
      ...portsOf(service).flatMap(({ published, protocol }: Json) =>
        numbers(published).map((port) => `${protocol} ${port}`),
      ),
      ...(service.container_name === undefined ? [] : [`container ${service.container_name}`]),
      ...(service.build === undefined ? [] : [`image ${service.image ?? `${model.name}-${name}`}`]),
      ...(service.build?.tags ?? []).map((tag: string) => `image ${tag}`),
      ...bindsOf(service).map(({ source }) => `folder ${source}`),
    ]),
  ]
}

const portsOf = (service: Json): Json[] =>
  (service.ports ?? []).filter(({ published = '0' }: Json) => published !== '0')

const SHARED = /docker\.sock$/

/** Writable folders outside of the checkout. */
const bindsOf = (service: Json): Json[] =>
  (service.volumes ?? []).filter(
    ({ type, source, read_only }: Json) =>
      type === 'bind' && !read_only && !/^\/(here|above)(\/|$)/.test(source) && !SHARED.test(source),
  )

/** What has to be equal: the model without what a copy changes, and without what it is called by. */
function rest({ name: copy, model }: Read): Json {
  const { services = {}, networks = {}, volumes = {}, ...others } = model
  const plain = (text: string) => text.replace(new RegExp(`(?::latest)?-${copy}$`), '')
  const addresses = (text: string) =>
    text.replace(/(localhost|127\.0\.0\.1):\d+/g, '$1:port').replaceAll(model.name, 'project')
  const all = (value: Json): Json =>
    typeof value === 'string'
      ? addresses(value)
      : Array.isArray(value)
        ? value.map(all)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, all(each)]))
          : value
  const built = new Set(
    Object.values<Json>(services).flatMap(({ build, image }) =>
      build === undefined ? [] : plain(image ?? ''),
    ),
  )
  const service = ([name, body]: [string, Json]) => {
    const { container_name: container, ...more } = structuredClone(body)
    for (const port of more.ports ?? []) delete port.published
    if (built.has(plain(more.image ?? ''))) more.image = plain(more.image ?? '')
    if (more.build?.tags !== undefined) more.build.tags = more.build.tags.map(plain)
    for (const each of more.volumes ?? []) if (each.type === 'bind') each.source = plain(each.source)
    for (const [key, network] of Object.entries<Json>(more.networks ?? {})) {
      const { ipv4_address: _, ipv6_address: __, aliases = [], ...kept } = network ?? {}
      const own = aliases.filter((alias: string) => alias !== plain(container ?? ''))
      more.networks[key] = { ...kept, ...(own.length === 0 ? {} : { aliases: own }) }
    }
    for (const key of ['network_mode', 'pid', 'ipc'])
      if (more[key] !== undefined) more[key] = plain(more[key])
    for (const key of ['volumes_from', 'external_links'])
      more[key] = more[key]?.map((text: string) => text.replace(`-${copy}`, '').replace(/^(\w+):\1$/, '$1'))
    if (more.environment !== undefined)
      for (const key of Object.keys(more.environment)) if (/^COMPOSE_/.test(key)) delete more.environment[key]
    const ports = (more.ports ?? []).map((port: Json) => JSON.stringify(port)).sort()
    return [name, { ...all(more), ports, container: container === undefined ? null : all(plain(container)) }]
  }
  const resource = ([key, { name: _, external: __, ipam: ___, driver_opts: ____, ...more }]: [
    string,
    Json,
  ]) => [key, all(more)]
  const mapped = (section: Json, each: (entry: [string, Json]) => Json) =>
    Object.fromEntries(Object.entries<Json>(section).map(each))
  const { name: _, ...top } = others
  return {
    ...all(top),
    services: mapped(services, service),
    networks: mapped(networks, resource),
    volumes: mapped(volumes, resource),
  }
}

/** The numbers that one is moved by in a list of ports; one, if all move together. */
function moves(one: Read, two: Read): Set<number> {
  const all = ({ model }: Read) =>
    Object.keys(model.services ?? {})
      .sort()
      .flatMap((name) =>
        portsOf(model.services[name])
          .flatMap(({ published }) => numbers(published))
          .sort((one, two) => one - two),
      )
  const [left, right] = [all(one), all(two)]
  expect(right).toHaveLength(left.length)
  return new Set(left.map((port, index) => (right[index] ?? 0) - port))
}

function numbers(published: string): number[] {
  const [from = 0, to = from] = `${published}`.split('-').map(Number)
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

const isUntracked = (file: string) => file.endsWith('.env')

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('copies, as Compose reads them:', () => {
  const all: Record<string, Files> = { ...PROJECTS }
  fc.sample(project, { numRuns: GENERATED, seed: SEED }).forEach(
    ({ files, entries = [], env = {} }, index) => {
      const lines = Object.entries({
        ...env,
        ...(entries.length > 1 ? { COMPOSE_FILE: entries.join(':') } : {}),
      })
      all[`generated ${index}`] = {
        ...files,
        '.env': lines.map(([key, value]) => `${key}=${value}\n`).join(''),
      }
    },
  )
  const folders = new Map(Object.keys(all).map((name, index) => [name, `p${index}`]))
  let folder: TestWorkspace

  beforeAll(() => {
    folder = makeFolder()
    const write = (isWritten: (file: string) => boolean) => {
      for (const [name, files] of Object.entries(all)) {
        const own = Object.entries(files).filter(([file]) => isWritten(file))
        folder.write(
          Object.fromEntries(own.map(([file, text]) => [`shop/${folders.get(name)}/${file}`, text])),
        )
      }
    }
    write((file) => !isUntracked(file))
    folder.write({ 'shop/.gitignore': '*.env\n' })
    git(folder.path('shop'), 'init')
    git(folder.path('shop'), 'add', '.')
    git(folder.path('shop'), 'commit', '-m', 'x')
    for (const copy of COPIES) git(folder.path('shop'), 'worktree', 'add', `../${copy}`)
    write(isUntracked)
  })

  async function check(name: string): Promise<boolean> {
    const at = folders.get(name) as string
    const shown = `${name}, seed ${SEED}\n${JSON.stringify(all[name], null, 1)}`
    const original = await read(folder, 'shop', at)
    const reads: Read[] = typeof original === 'string' ? [] : [original]
    for (const copy of COPIES) {
      const { exitCode, stdout, stderr } = await product('env --merge', folder.path(`${copy}/${at}`), {
        env: ENV,
      })
      if (typeof original === 'string') {
        // A variable that only the shell can provide is a warning.
        expect(exitCode === 1 || stderr.includes('[required-missing]'), original + shown).toBe(true)
        continue
      }
      expect(exitCode, `${stdout}${stderr}${shown}`).toBe(0)
      const found = await read(folder, copy, at)
      if (typeof found === 'string')
        throw new Error(`${copy}: ${found}\n${shown}\n${folder.read(`${copy}/${at}/compose.override.yaml`)}`)
      expect(rest(found), shown).toEqual(rest(original as Read))
      expect(moves(original as Read, found).size, shown).toBeLessThan(2)
      reads.push(found)
    }
    const things = reads.flatMap((each) => [...new Set(taken(each))])
    expect(
      things.filter((each, index) => things.indexOf(each) !== index),
      shown,
    ).toEqual([])
    return reads.length > 0
  }

  test.concurrent.each(Object.keys(PROJECTS))('%s', async (name) => {
    expect(await check(name)).toBe(true)
  })

  test(`${GENERATED} generated projects`, async () => {
    const names = Object.keys(all).filter((name) => !(name in PROJECTS))
    const accepted = await inParallel(names, check)
    expect(accepted).toContain(true)
  })
})
