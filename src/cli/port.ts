/** `product port`: the port of a variable, or of a name. */
import type { Command } from 'commander'
import { claimPorts } from '../claims/claim.js'
import { SCHEMES, type SchemeName } from '../ports/schemes.js'
import { namedPortJson, namedPortLines } from '../report/port.js'
import { portJson } from '../report/ports.js'
import { explainPort, portOf } from '../tasks/ports.js'
import { isPort, type OutputOptions, PORT_RANGE, print, usageError, workspaceOf } from './command.js'
import type { ExitCode, Host } from './host.js'

export interface PortOptions extends OutputOptions {
  readonly scheme?: SchemeName
  readonly base?: string
}

export async function port(
  host: Host,
  command: Command,
  name: string,
  variable: string | undefined,
  options: PortOptions,
): Promise<ExitCode> {
  const wrong = misuse(variable, options)
  if (wrong !== null) return usageError(host, wrong)
  const workspace = await workspaceOf(host, command)
  if (variable !== undefined) {
    if ('code' in workspace) return print(host, options, { json: () => ({}) }, [workspace])
    const { claim, problems } = await portOf(workspace, name, variable)
    if (claim === null) return print(host, options, { json: () => ({}) }, problems)
    const output = { text: () => [claimPorts(claim)], json: () => ({ claim: portJson(claim, null) }) }
    return print(host, options, output, problems)
  }
  // The arithmetic of a name needs no workspace.
  const { scheme = 'crc32', base } = options
  const known = 'code' in workspace ? null : workspace
  const named = await explainPort(known, name, scheme, base === undefined ? undefined : Number(base))
  const output = { text: () => namedPortLines(named), json: () => namedPortJson(named) }
  return print(host, options, output, named.problems)
}

/** Returns what is wrong with the options; null if nothing is. */
function misuse(variable: string | undefined, { scheme, base }: PortOptions): string | null {
  if (variable !== undefined && (scheme ?? base) !== undefined)
    return `--${scheme === undefined ? 'base' : 'scheme'} cannot be used with a variable`
  if (base === undefined) return null
  if (scheme !== undefined && !SCHEMES[scheme].usesBase)
    return `--base cannot be used with --scheme ${scheme}`
  return isPort(base) ? null : `--base must be ${PORT_RANGE}`
}
