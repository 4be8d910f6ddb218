/** `product whois PORT`: the owner of a port. */
import type { Command } from 'commander'
import { whoisJson, whoisLines } from '../report/port.js'
import { whoisPort } from '../tasks/ports.js'
import {
  isPort,
  machineOf,
  type OutputOptions,
  PORT_RANGE,
  print,
  usageError,
  workspaceOf,
} from './command.js'
import type { ExitCode, Host } from './host.js'

export async function whois(
  host: Host,
  command: Command,
  text: string,
  options: OutputOptions,
): Promise<ExitCode> {
  if (!isPort(text)) return usageError(host, `${JSON.stringify(text)} is not ${PORT_RANGE}`)
  const port = Number(text)
  const workspace = await workspaceOf(host, command)
  if ('code' in workspace) {
    const empty = { port, claims: [], decoded: [], now: [], unread: [] }
    return print(host, options, { json: () => empty }, [workspace])
  }
  const owners = await whoisPort(workspace, port, machineOf(host))
  const output = { text: () => whoisLines(owners, host.width), json: () => whoisJson(owners) }
  return print(host, options, output, owners.problems)
}
