/** What a copy is planned from, and what the plan says: data only. */
import type { ReadText } from '../compose/load.js'
import type { ParsedFiles } from '../compose/parse.js'
import type { PortRange } from '../compose/port.js'
import type { ComposeProject } from '../compose/project.js'
import type { PublishedPort } from '../compose/published.js'
import type { Problem } from '../problem.js'

/** A port on the host that a project publishes. */
export interface TakenPort {
  readonly protocol: string
  /** Without brackets; '' is every address. */
  readonly address: string
  readonly range: PortRange
}

/** Everything of a project that a host has only once. */
export interface Footprint {
  /** Who it belongs to, for people: `shop`, `shop@blue`. */
  readonly owner: string
  readonly ports: readonly TakenPort[]
  /** Names by kind: `project shop`, `container redis`, `network shop_default`, `volume data`, `image app:1`. */
  readonly names: ReadonlySet<string>
}

/** Facts about the host's file system, which the core cannot look up itself. Paths are as `Mount.source` gives them. */
interface HostPaths {
  /** What is at a path. */
  readonly kindOf: (path: string) => 'file' | 'folder' | 'none'
  /** Whether the copy has a folder of its own for a path: in its own checkout (`own`), or not, as in one that both share. */
  readonly placeOf: (path: string) => 'own' | 'shared-checkout' | 'outside'
}

/** A Compose project, and the copy of it that is wanted. */
export interface CopySource {
  /** The copy: `blue`. */
  readonly name: string
  /** What it is a copy of: `shop`. */
  readonly product: string
  /** The Compose projects of the original and of the copy. */
  readonly original: string
  readonly project: string
  /** For a product that is set apart from the others of its workspace: it keeps its project, and the ports that already move. */
  readonly isolated?: { readonly keeps: (port: PublishedPort) => boolean }
  readonly offset: { readonly stated: number | undefined; readonly modulus: number }
  /** The Compose files of the original, each overriding those before it, and their project directory. */
  readonly files: readonly string[]
  readonly directory: string
  readonly readText: ReadText
  /** The project is read three times. */
  readonly parsed: ParsedFiles
  /** The env file without the copy's own section; a byte string. */
  readonly env: { readonly file: string; readonly text: string }
  readonly paths: HostPaths
  /** The generated file, and whether Compose finds it by its name alone; otherwise it is beside the env file. */
  readonly override: { readonly file: string; readonly isDefault: boolean }
  /** What `COMPOSE_FILE` says where the generated file has to be listed: the original's files, and what is between them. */
  readonly listed: readonly string[]
  readonly separator?: string
  /** The other copies, and the original as it runs elsewhere. */
  readonly taken: readonly Footprint[]
}

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** How far a published port moves, in ports. */
export type Shift = (port: PublishedPort) => number

/** What becomes of one place of the model. */
export interface Edit {
  /** From the top of the Compose file: `services`, `web`, `ports`. */
  readonly path: readonly string[]
  readonly value: Value
  /** `override` replaces what the original's files say, `reset` drops it; without one they are merged. */
  readonly directive?: 'override' | 'reset'
  /** A variable of the env file brings it about, so the override file need not. */
  readonly byVariable?: true
}

/** One thing that differs in the copy. */
export interface Change {
  readonly rule: string
  /** What is changed: `web port`, `network backend`. */
  readonly what: string
  readonly from: string
  readonly to: string
  readonly edits: readonly Edit[]
  /** What the user should know about it: an external volume starts empty. */
  readonly note?: string
}

/** A variable that the copy's env file sets, after everything that the original's says. */
export interface Assignment {
  readonly key: string
  /** As written behind the `=`: a byte string. */
  readonly text: string
  readonly comment?: string
}

export interface CopyPlan {
  /** The copy's Compose project: `shop-blue`. */
  readonly project: string
  /** In ports. */
  readonly offset: number
  readonly changes: readonly Change[]
  readonly assignments: readonly Assignment[]
  /** The override file, a byte string; null if the copy needs none. */
  readonly override: string | null
  readonly problems: readonly Problem[]
  readonly footprint: Footprint | null
}

/** What the rules look at. */
export interface CopyContext {
  readonly source: CopySource
  /** The project as the original has it, but for the name of the project, which may be a part of others. */
  readonly original: ComposeProject
  /** Names and folders of the original, as `Footprint` has them: what does not stand there differs already. */
  readonly used: ReadonlySet<string>
  /** How far a port moves. */
  readonly shift: Shift
  /** The values of the env file, against which Compose expands `env_file`s: byte strings. */
  readonly environment: ReadonlyMap<string, string>
  /** Variables of the env file that move with the ports, with their new values. */
  readonly variables: ReadonlyMap<string, string>
}
