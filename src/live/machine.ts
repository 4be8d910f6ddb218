/** The machine that a command runs on. */
import { realpathSync } from 'node:fs'
import type { EphemeralRange } from '../claims/hazards.js'
import { type ComposeAnswer, findCompose, runCompose } from './compose.js'
import { askEngine, type Engine } from './engine.js'
import { type Holder, holdersOf } from './holder.js'
import { type Binding, bindPort } from './probe.js'
import { ephemeralRange } from './proc.js'
import { type Protocol, readSockets, type Socket } from './sockets.js'

export interface Machine {
  /** The id of the user; null on Windows. */
  readonly uid: number | null
  /** Asks the Docker engine, once in a run. @param onWait called with its name if it is slow to answer */
  engine(onWait?: (engine: string) => void): Promise<Engine>
  /** As `runCompose`. */
  compose(args: readonly string[], cwd: string): Promise<ComposeAnswer | null>
  /** As `findCompose`. */
  composeCommand(): Promise<readonly [string, ...string[]] | null>
  sockets(): readonly Socket[] | null
  holders(sockets: readonly Socket[]): ReadonlyMap<number, Holder>
  bind(protocol: Protocol, address: string, port: number): Promise<Binding>
  /** Resolves links; null if nothing is there. */
  realPath(path: string): string | null
  ephemeralRange(): EphemeralRange | null
}

/** @param env chooses the Docker engine */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  let engine: Promise<Engine> | undefined
  return {
    uid: process.getuid?.() ?? null,
    engine: (onWait) => {
      engine ??= askEngine(env, onWait ?? (() => {}))
      return engine
    },
    compose: (args, cwd) => runCompose(args, cwd, env),
    composeCommand: () => findCompose(env),
    sockets: () => readSockets(),
    holders: (sockets) => holdersOf(sockets),
    bind: (protocol, address, port) => bindPort(protocol, address, port),
    realPath,
    ephemeralRange: () => ephemeralRange(),
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch (error) {
    // Another user's folder exists even if it cannot be read.
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : path
  }
}
