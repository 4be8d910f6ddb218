import { completionScript, type Shell } from '../report/completion.js'
import type { Call } from './command.js'
import type { ExitCode } from './host.js'

export async function completion({ host }: Call, shell: Shell): Promise<ExitCode> {
  host.stdout(completionScript(shell))
  return 0
}
