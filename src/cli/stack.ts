/** `product stack`: a product's Compose model for `docker stack deploy`. */
import { hasErrors } from '../problem.js'
import { stackModel } from '../tasks/stack.js'
import { type Call, machineOf, print } from './command.js'
import type { ExitCode } from './host.js'
import { saveOutput } from './output.js'
import { type PrepareOptions, prepare } from './prepare.js'

interface StackOptions extends PrepareOptions {
  readonly output?: string
}

export async function stack(call: Call<StackOptions>, name: string): Promise<ExitCode> {
  const ready = await prepare(call, name, true)
  if (typeof ready === 'number') return ready
  const { text, problems } = await stackModel(ready, machineOf(call.host))
  if (text === null || hasErrors(problems)) return print(call, { problems })
  const whole = `# For docker stack deploy, by product stack ${name}\n${text}`
  const { output } = call.options
  if (output === undefined) return print(call, { text: () => whole, problems })
  const saved = saveOutput(call, output, whole, { isPrivate: true })
  return print(call, { ...saved, problems: [...problems, ...saved.problems] })
}
