/** Random workspaces: what `check --fix --refresh` promises, and that Compose publishes what is claimed. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownerName } from '../../src/claims/claim.js'
import { product } from '../support/cli.js'
import { composeMissing, requireOrSkip, runCompose } from '../support/compose.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'
import { type RandomWorkspace, workspaceOfMany } from './arbitraries.js'
import { checked, type PortJson, portsOf } from './claims-support.js'

/** What is no file of this tool to write: everything but env files and product.yaml. */
function others(files: Record<string, string>): Files {
  return Object.fromEntries(
    Object.entries(files).filter(([file]) => !/\/\.env(?:\.\w+)?$|product\.yaml$/.test(file)),
  )
}

async function made({ files, merges, changed }: RandomWorkspace): Promise<TestWorkspace> {
  const workspace = makeWorkspace(files)
  for (const line of merges) {
    const { exitCode, stderr } = await product(line, workspace)
    // A template may state a port that one of the offsets takes over 65535, or nothing that a merge could stop at.
    if (exitCode !== 0) throw new Error(`${line}: ${stderr}`)
  }
  workspace.write(changed)
  return workspace
}

const pinnedOnes = (ports: readonly PortJson[]) =>
  ports
    .filter(({ outcome }) => outcome === 'pinned' || outcome === 'literal')
    .map(
      (each) =>
        `${ownerName(each)} ${each.variable} ${each.service} ${each.from}-${each.to}/${each.protocol}`,
    )

describe('check --fix --refresh, in any workspace', () => {
  test('leaves no collision but those it names; moves nothing pinned; keeps comments; does nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(workspaceOfMany, async (random) => {
        const workspace = await made(random)
        const before = workspace.all()
        const dry = await checked(workspace, '--fix --dry-run')
        expect(workspace.all()).toEqual(before)
        // A port that has become a range makes Compose refuse the file until it is merged again.
        fc.pre(dry.problems.every(({ code }) => code !== 'compose-refused'))
        const pinned = pinnedOnes(await portsOf(workspace))

        const fixed = await checked(workspace, '--fix --refresh')
        expect(fixed.reassignments).toEqual(dry.reassignments)
        const after = workspace.all()
        expect(others(after)).toEqual(others(before))
        expect(pinnedOnes(await portsOf(workspace))).toEqual(pinned)

        const { collisions, exitCode } = await checked(workspace)
        expect(exitCode).toBe(collisions.length > 0 ? 1 : 0)
        expect(fixed.exitCode).toBe(exitCode)
        if (fixed.unresolved.length === 0) expect(collisions).toEqual([])
        for (const { claims } of collisions) {
          const named = fixed.unresolved.map((each) => each.product)
          expect(claims.some((each) => named.includes(each.product))).toBe(true)
        }
        for (const [file, text] of Object.entries(after)) {
          if (!file.endsWith('product.yaml')) continue
          const kept = before[file]?.replace(/^offset: .*\n/m, '') ?? ''
          const lines = (all: string) => all.split('\n').filter((line) => line !== '')
          expect(lines(text)).toEqual(expect.arrayContaining(lines(kept)))
        }

        await product('check --fix --refresh', workspace)
        if (fixed.unresolved.length === 0) expect(workspace.all()).toEqual(after)
      }),
      { numRuns: 6 },
    )
  })

  test('comes out the same in a copy of the workspace', async () => {
    await fc.assert(
      fc.asyncProperty(workspaceOfMany, async (random) => {
        const [one, two] = [await made(random), await made(random)]
        for (const each of [one, two]) await product('check --fix --refresh', each)
        expect(one.all()).toEqual(two.all())
      }),
      { numRuns: 4 },
    )
  })
})

/** A host port as Compose and we both can say it. */
type Published = `${string} ${number}-${number}/${string}`

/** What Compose would publish for a product, or an instance; null if it refuses the project. */
function composePublishes(
  workspace: TestWorkspace,
  name: string,
  instance: string | null,
): Published[] | null {
  const overlay = instance === null ? [] : ['--env-file', `.env.${instance}`]
  const env = workspace.read(`products/${name}/.env`) === null ? [] : ['--env-file', '.env']
  const { code, stdout } = runCompose(workspace.path(`products/${name}`), [
    ...env,
    ...overlay,
    'config',
    '--format',
    'json',
  ])
  if (code !== 0) return null
  const { services } = JSON.parse(stdout) as {
    services: Record<string, { ports?: { published?: string; host_ip?: string; protocol: string }[] }>
  }
  return Object.values(services)
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ published = '', host_ip: address = '', protocol }): Published[] => {
      // A range that leads to a single container port stays a range, of which the engine takes one.
      const [from = 0, to = from] = published.split('-').map(Number)
      return from === 0 ? [] : eachPort(address, from, to, protocol)
    })
}

/** Ranges port by port, as Compose lists them. */
function claimed(ports: readonly PortJson[]): Published[] {
  return ports.flatMap(({ address, from, to, protocol, service, outcome }) =>
    service === null || outcome === 'random' ? [] : eachPort(address, from, to, protocol),
  )
}

function eachPort(address: string, from: number, to: number, protocol: string): Published[] {
  return Array.from(
    { length: to - from + 1 },
    (_, index): Published => `${address} ${from + index}-${from + index}/${protocol}`,
  )
}

describe.runIf(requireOrSkip('Docker Compose', composeMissing()))('with the real Compose', () => {
  test('an instance publishes what product ports says of it, and so does its product', async () => {
    let compared = 0
    await fc.assert(
      fc.asyncProperty(workspaceOfMany, async (random) => {
        const workspace = await made({ ...random, changed: {} })
        const merged = random.merges
          .filter((line) => line.includes('blue'))
          .map((line) => line.split(' ')[2] as string)
        for (const name of merged) {
          const ports = await portsOf(workspace, name)
          for (const instance of [null, 'blue']) {
            const real = composePublishes(workspace, name, instance)
            if (real === null) continue
            compared += 1
            expect(claimed(ports.filter((each) => each.instance === instance)).sort()).toEqual(real.sort())
          }
        }
      }),
      { numRuns: 6 },
    )
    expect(compared).toBeGreaterThan(4)
  })
})
