/** `product compose`: Docker Compose in a product's folder, after a merge. */
import { changesProject, parseStart } from '../compose/started.js'
import { problem } from '../problem.js'
import { planStart } from '../tasks/start.js'
import { type Call, joined, machineOf, print, shellOf } from './command.js'
import type { ExitCode } from './host.js'
import { type PrepareOptions, prepare, runProgram } from './prepare.js'

/** @param args those of Compose, verbatim */
export async function compose(
  call: Call<PrepareOptions>,
  name: string,
  args: readonly string[],
): Promise<ExitCode> {
  const { host, options } = call
  // Asked meanwhile: the answer takes as long as the merge.
  if (changesProject(args) && !options.print) void machineOf(host).engine()
  const ready = await prepare(call, name, parseStart(args) !== null)
  if (typeof ready === 'number') return ready
  const { folder } = ready
  const found = await host.machine.composeCommand()
  const [file, ...own] = found ?? ['docker', 'compose']
  const all = [...own, ...ready.options, ...args]
  if (options.print) {
    host.stdout(`cd ${quoted(folder)} && ${[file, ...all].map(quoted).join(' ')}\n`)
    return 0
  }
  if (found === null) {
    const message = 'Neither `docker compose` nor `docker-compose` is installed'
    return print(call, { problems: [problem('no-compose', {}, message, 'Install Docker Compose.')] })
  }
  const start = await planStart(ready, args, shellOf(host), machineOf(host))
  const refused = await print(call, { problems: start.problems })
  if (refused !== 0) return refused
  // As after `cd`: Compose files may refer to ${PWD}.
  const exitCode = await runProgram(call, [file, ...all], { cwd: folder, env: { ...host.env, PWD: folder } })
  if (start.isDetached && exitCode === 0) {
    const { urlLines } = await import('../report/ports.js')
    host.stderr(joined(urlLines(start.claims)))
  }
  return exitCode
}

/** Quotes a word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
