/** What the jobs of `product env` share. */

import type { Problem } from '../problem.js'
import type { LoadedProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import type { Host } from './host.js'
import type { Format } from './program.js'

/** As commander gives them. */
export interface EnvOptions {
  readonly merge?: true
  readonly generate?: true
  readonly remove?: true
  readonly all?: true
  readonly instance?: string
  readonly dev?: true
  readonly prod?: true
  readonly dryRun?: true
  readonly diff?: true
  readonly check?: true
  readonly refresh?: true
  readonly prune?: true
  readonly reveal?: true
  readonly format: Format
  readonly quiet?: true
}

/** What each of the jobs works with. */
export interface EnvRun {
  readonly host: Host
  readonly workspace: Workspace
  readonly options: EnvOptions
  readonly products: readonly LoadedProduct[]
  /** The instance that is meant; null for the products themselves. */
  readonly instance: string | null
  /** Met while reading. */
  readonly problems: readonly Problem[]
}
