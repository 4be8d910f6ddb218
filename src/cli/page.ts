/** `product page`: the products with their links and the map of their ports, as one HTML file. */
import { pageHtml } from '../report/page.js'
import { collectPage } from '../tasks/page.js'
import { type Call, inWorkspace, machineOf, type OutputOptions } from './command.js'
import type { ExitCode } from './host.js'
import { saveOutput } from './output.js'

interface PageOptions extends OutputOptions {
  readonly output?: string
  readonly live?: true
}

export async function page(call: Call<PageOptions>): Promise<ExitCode> {
  const { host, options } = call
  const { output, live } = options
  return inWorkspace(call, {}, async (workspace) => {
    const { page, problems } = await collectPage(workspace, live ? machineOf(host) : undefined)
    const text = pageHtml(page)
    if (output === undefined) return { text: () => text, problems }
    const saved = saveOutput(call, output, text)
    return { ...saved, problems: [...problems, ...saved.problems] }
  })
}
