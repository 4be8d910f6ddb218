/** The machine that the tool runs on, behind what `lookAtPorts` asks for. */
import { realpathSync } from 'node:fs'
import { askEngine } from './docker.js'
import type { Machine } from './look.js'
import { probePorts } from './probe.js'
import { holdersOf } from './process.js'
import { readSockets } from './sockets.js'

/** @param env the shell's variables, which choose the Docker engine */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    engine: () => askEngine(env),
    probe: (targets) => probePorts(targets),
    sockets: readSockets,
    holders: holdersOf,
    sameFolder: (a, b) => {
      const real = realPath(a)
      return real !== null && real === realPath(b)
    },
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}
