/** `product proxy`: the configuration of a reverse proxy that serves each product under its name. */
import { hasErrors } from '../problem.js'
import { count } from '../report/lines.js'
import { type ProxyKind, proxyConfig } from '../report/proxy.js'
import { planProxy } from '../tasks/proxy.js'
import { type Call, inWorkspace, type OutputOptions, wrongUsage } from './command.js'
import type { ExitCode } from './host.js'
import { saveOutput } from './output.js'

interface ProxyOptions extends OutputOptions {
  readonly nginx?: true
  readonly caddy?: true
  readonly domain?: { readonly name: string; readonly port: number }
  readonly output?: string
}

export async function proxy(call: Call<ProxyOptions>): Promise<ExitCode> {
  const { nginx, caddy, domain, output } = call.options
  if (!nginx && !caddy) wrongUsage(call, 'product proxy needs --nginx or --caddy')
  const kind: ProxyKind = nginx ? 'nginx' : 'caddy'
  return inWorkspace(call, {}, async (workspace) => {
    const { sites, problems } = await planProxy(workspace, domain?.name ?? workspace.domain ?? 'localhost')
    if (hasErrors(problems)) return { problems }
    const text = proxyConfig(kind, sites, domain?.port ?? 80)
    if (output === undefined) return { text: () => text, problems }
    const saved = saveOutput(call, output, text, { about: `: ${count(sites.length, 'host name')}` })
    return { ...saved, problems: [...problems, ...saved.problems] }
  })
}
