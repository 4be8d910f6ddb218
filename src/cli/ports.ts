/** `product ports`: the host ports of products. */
import { portJson, portLines } from '../report/ports.js'
import { listPorts } from '../tasks/ports.js'
import { type Call, inWorkspace, machineOf, type OutputOptions } from './command.js'
import type { ExitCode } from './host.js'

interface PortsOptions extends OutputOptions {
  readonly feature?: string
  readonly outcome?: string
  readonly live?: true
}

export async function ports(call: Call<PortsOptions>, names: readonly string[]): Promise<ExitCode> {
  const { host, options } = call
  const { feature, outcome, live } = options
  return inWorkspace(call, { ports: [] }, async (workspace) => {
    const task = { names, feature, outcome, machine: live ? machineOf(host) : undefined }
    const { ports, problems } = await listPorts(workspace, task)
    if (ports === null) return { problems }
    const { claims } = ports
    const now = ports.live?.use ?? null
    return {
      text: () => portLines(claims, now, host.width),
      json: () => ({ ports: claims.map((claim) => portJson(claim, now)) }),
      problems,
    }
  })
}
