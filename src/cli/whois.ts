/** `product whois PORT`: the owner of a port. */
import { whoisJson, whoisLines } from '../report/port.js'
import { whoisPort } from '../tasks/ports.js'
import { type Call, inWorkspace, machineOf } from './command.js'
import type { ExitCode } from './host.js'

export async function whois(call: Call, port: number): Promise<ExitCode> {
  const { host } = call
  const empty = { port, claims: [], decoded: [], now: [], holders: [], unread: [] }
  return inWorkspace(call, empty, async (workspace) => {
    const owners = await whoisPort(workspace, port, machineOf(host))
    const { problems } = owners
    return { text: () => whoisLines(owners, host.width), json: () => whoisJson(owners), problems }
  })
}
