/** `product page`: the products with their links and the map of their ports, as one HTML file. */
import { printable } from '../report/escape.js'
import { row } from '../report/lines.js'
import { pageHtml } from '../report/page.js'
import { collectPage } from '../tasks/page.js'
import { type Call, inWorkspace, machineOf, type OutputOptions, styleOf } from './command.js'
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
    const failed = saveOutput(host, output, text)
    if (failed !== null) return { problems: [...problems, failed] }
    return { text: () => [row('written', printable(output), styleOf(host, 'stdout'))], problems }
  })
}
