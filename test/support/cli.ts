/** Runs the commands in this process, with a host made of plain values instead of a real process. */
import { feature as featureProgram } from '../../src/cli/feature.js'
import type { Ended, ExitCode, Host, RunOptions } from '../../src/cli/host.js'
import { product as productProgram } from '../../src/cli/product.js'
import type { Machine } from '../../src/live/machine.js'
import { fakeMachine, type World } from './machine.js'
import type { TestWorkspace } from './workspace.js'

export interface Ran {
  readonly exitCode: ExitCode
  readonly stdout: string
  readonly stderr: string
  /** The programs that it has run. */
  readonly programs: readonly Program[]
}

interface Program extends RunOptions {
  /** With its arguments. */
  readonly line: readonly string[]
}

export interface Shell {
  /** The shell's variables; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether both outputs are terminals. */
  readonly terminal?: boolean
  /** What holds its ports: nothing by default. */
  readonly machine?: World | Machine
  /** How the programs end that it runs: well by default. */
  readonly ended?: Ended
}

/**
 * Runs `product`.
 * @param line what the user types after `product`, split at blanks; as a list where an argument holds one
 * @param where the folder that the user stands in
 */
export function product(
  line: string | readonly string[],
  where: string | TestWorkspace,
  shell: Shell = {},
): Promise<Ran> {
  return runProgram(productProgram, line, where, shell)
}

/** Runs `feature`, likewise. */
export function feature(
  line: string | readonly string[],
  where: string | TestWorkspace,
  shell: Shell = {},
): Promise<Ran> {
  return runProgram(featureProgram, line, where, shell)
}

async function runProgram(
  program: (host: Host) => Promise<ExitCode>,
  line: string | readonly string[],
  where: string | TestWorkspace,
  { env = {}, terminal = false, machine = {}, ended = { exitCode: 0, failure: null } }: Shell,
): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const programs: Program[] = []
  const exitCode = await program({
    args: typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
    cwd: typeof where === 'string' ? where : where.root,
    env,
    machine: 'bind' in machine ? machine : fakeMachine(machine),
    isTerminal: { stdout: terminal, stderr: terminal },
    width: null,
    stdout: (text) => {
      stdout += text
    },
    stderr: (text) => {
      stderr += text
    },
    run: async (file, args, options) => {
      programs.push({ line: [file, ...args], ...options })
      return ended
    },
  })
  // Not enumerable, so that a test of a command that runs nothing can compare the rest as a whole.
  return Object.defineProperty({ exitCode, stdout, stderr } as Ran, 'programs', { value: programs })
}
