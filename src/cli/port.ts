/** `product port`: the port of a variable, or of a name. */
import { claimPorts } from '../claims/claim.js'
import { SCHEMES, type SchemeName } from '../ports/schemes.js'
import { namedPortJson, namedPortLines } from '../report/port.js'
import { portJson } from '../report/ports.js'
import { explainPort, portOf } from '../tasks/ports.js'
import { type Call, inWorkspace, type OutputOptions, print, workspaceOf, wrongUsage } from './command.js'
import type { ExitCode } from './host.js'

interface PortOptions extends OutputOptions {
  readonly scheme?: SchemeName
  readonly base?: number
}

export async function port(
  call: Call<PortOptions>,
  name: string,
  variable: string | undefined,
): Promise<ExitCode> {
  const { scheme = 'crc32', base } = call.options
  if (variable !== undefined) return portOfVariable(call, name, variable)
  if (base !== undefined && !SCHEMES[scheme].usesBase)
    wrongUsage(call, `--base cannot be used with --scheme ${scheme}`)
  // The arithmetic of a name needs no workspace.
  const workspace = await workspaceOf(call)
  const named = await explainPort('code' in workspace ? null : workspace, name, scheme, base)
  const { problems } = named
  return print(call, { text: () => namedPortLines(named), json: () => namedPortJson(named), problems })
}

function portOfVariable(call: Call<PortOptions>, name: string, variable: string): Promise<ExitCode> {
  const option = (['scheme', 'base'] as const).find((each) => call.options[each] !== undefined)
  if (option !== undefined) wrongUsage(call, `--${option} cannot be used with a variable`)
  if (!/^[A-Za-z_][\w.-]*$/.test(variable))
    wrongUsage(call, `${JSON.stringify(variable)} is not the name of a variable`)
  return inWorkspace(call, {}, async (workspace) => {
    const { claim, problems } = await portOf(workspace, name, variable)
    if (claim === null) return { problems }
    return { text: () => [claimPorts(claim)], json: () => ({ claim: portJson(claim, null) }), problems }
  })
}
