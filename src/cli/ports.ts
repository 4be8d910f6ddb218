/** `product ports`: the host ports of products. */
import type { Command } from 'commander'
import { portJson, portLines } from '../report/ports.js'
import { listPorts } from '../tasks/ports.js'
import { machineOf, type OutputOptions, print, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export interface PortsOptions extends OutputOptions {
  readonly feature?: string
  readonly outcome?: string
  readonly live?: true
}

export async function ports(
  host: Host,
  command: Command,
  names: readonly string[],
  options: PortsOptions,
): Promise<ExitCode> {
  const { feature, outcome, live } = options
  const empty = { json: () => ({ ports: [] }) }
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) return print(host, options, empty, [workspace])
  const task = { names, feature, outcome, machine: live ? machineOf(host) : undefined }
  const { ports, problems } = await listPorts(workspace, task)
  if (ports === null) return print(host, options, empty, problems)
  const { claims } = ports
  const now = ports.live?.text ?? null
  const output = {
    text: () => portLines(claims, now, host.width),
    json: () => ({ ports: claims.map((claim) => portJson(claim, now)) }),
  }
  return print(host, options, output, problems)
}
