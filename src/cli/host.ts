import type { Machine } from '../live/machine.js'

/** The process that a command runs in, as an argument, so that tests can pass their own. */
export interface Host {
  /** Without the name of the program. */
  readonly args: readonly string[]
  readonly cwd: string
  /** The shell's variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the two outputs are terminals. */
  readonly isTerminal: { readonly stdout: boolean; readonly stderr: boolean }
  /** Of the terminal, in columns; null if stdout is not a terminal. */
  readonly width: number | null
  readonly machine: Machine
  /** The result. */
  readonly stdout: (text: string) => void
  /** The problems. */
  readonly stderr: (text: string) => void
  /** Runs another program with this process's input and outputs. */
  readonly run: (file: string, args: readonly string[], options: RunOptions) => Promise<Ended>
}

export interface RunOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How a program ended. */
export interface Ended {
  /** As a shell gives it: 128 and the signal's number after a signal, 127 or 126 if it did not start. */
  readonly exitCode: ExitCode
  /** Why it did not start (`ENOENT`); null if it did. */
  readonly failure: string | null
}

/** 0: success, warnings allowed. 1: an error, or a check that found something. 2: wrong usage. Others: those of a program. */
export type ExitCode = number
