import { expect } from 'vitest'
import type { PortClaim } from '../../src/claims/claim.js'
import type { Problem } from '../../src/problem.js'
import { product } from '../support/cli.js'
import { type Files, makeWorkspace, type TestWorkspace } from '../support/workspace.js'

/** Redis with its Compose file. */
export const REDIS: Files = {
  'features/redis/.env.example': 'REDIS_HOST_PORT=6380\n',
  'features/redis/compose.yaml': composeOf('redis', '"${REDIS_HOST_PORT}:6379"'),
}

/** A Compose file of one service. @param ports what stands between the brackets of `ports:` */
export function composeOf(service: string, ports: string): string {
  return `services:\n  ${service}:\n    image: ${service}\n    ports: [${ports}]\n`
}

/**
 * Three products on base port 8000, whose offsets are stated, so that `a` and `b` collide: 8005, 8005 and 8006.
 * None of them has a product env yet.
 */
export function colliding(files: Files = {}): TestWorkspace {
  return makeWorkspace({
    'features/web/.env.example': 'WEB_HOST_PORT=8000\n',
    'products/a/product.yaml': 'offset: 5\n',
    'products/b/product.yaml': '# Ours\nfeatures: [web] # all there is\noffset: 5\n',
    'products/c/product.yaml': 'offset: 6\n',
    ...files,
  })
}

/** A claim as `--json` shows it. */
export interface PortJson extends PortClaim {
  readonly url: string | null
}

/** What `product ports --json` says. */
export async function portsOf(workspace: TestWorkspace, line = ''): Promise<PortJson[]> {
  const { stdout } = await product(`ports --json ${line}`, workspace)
  return (JSON.parse(stdout) as { ports: PortJson[] }).ports
}

/** Ports as `product@instance VARIABLE host outcome`, where the host has its address and protocol. */
export function brief(ports: readonly PortJson[]): string[] {
  return ports.map(({ product: name, instance, variable, service, address, from, to, protocol, outcome }) => {
    const owner = instance === null ? name : `${name}@${instance}`
    const range = from === to ? `${from}` : `${from}-${to}`
    return `${owner} ${variable ?? `(${service})`} ${address === '' ? '' : `${address} `}${range}/${protocol} ${outcome}`
  })
}

export interface CheckJson {
  readonly ok: boolean
  readonly products: number
  readonly ports: number
  readonly collisions: readonly {
    readonly protocol: string
    readonly from: number
    readonly to: number
    readonly claims: readonly PortJson[]
  }[]
  readonly hazards: readonly { readonly kind: string; readonly reason: string; readonly claim: PortJson }[]
  readonly reassignments: readonly {
    readonly product: string
    readonly instance: string | null
    readonly from: number
    readonly offset: number
    readonly hashed: string
  }[]
  readonly unresolved: readonly { readonly product: string; readonly reason: string }[]
  readonly outdated: readonly {
    readonly product: string
    readonly instance: string | null
    readonly file: string
    readonly refreshed: boolean
  }[]
  readonly problems: readonly Problem[]
}

/** What `product check --format json` says. */
export async function checked(
  workspace: TestWorkspace,
  line = '',
): Promise<CheckJson & { exitCode: number }> {
  const { stdout, exitCode } = await product(`check --format json ${line}`, workspace)
  return { ...(JSON.parse(stdout) as CheckJson), exitCode }
}

/** Runs a command that succeeds and reports no problem but collisions, which many of these workspaces are made of. */
export async function ok(line: string, workspace: TestWorkspace): Promise<string> {
  const { exitCode, stdout, stderr } = await product(line, workspace)
  const others = stderr.replace(/^.* \[collision\]\n.*\n/gm, '')
  expect({ line, exitCode, stderr: others }).toEqual({ line, exitCode: 0, stderr: '' })
  return stdout
}
