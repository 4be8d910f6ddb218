import type { Machine } from '../live/machine.js'

/** All that a command knows of the process it runs in. The commands take it as an argument, so that tests can pass their own. */
export interface Host {
  /** What the user typed after the command's name. */
  readonly args: readonly string[]
  readonly cwd: string
  /** The shell's variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the two outputs are terminals. */
  readonly isTerminal: { readonly stdout: boolean; readonly stderr: boolean }
  /** The width of the terminal in columns; null where the result goes elsewhere. */
  readonly width: number | null
  /** Who holds its ports. */
  readonly machine: Machine
  /** The result. */
  readonly stdout: (text: string) => void
  /** The problems. */
  readonly stderr: (text: string) => void
}

/** 0: done, warnings allowed. 1: an error, or a check that found something. 2: wrong usage. */
export type ExitCode = 0 | 1 | 2
