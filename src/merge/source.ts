/** The input of a merge: every text already read. File names are as shown to people, relative to the workspace. */
import type { EnvDocument } from '../env/document.js'
import type { Offset } from '../ports/offset.js'
import type { IsPort } from '../ports/variable.js'

/** A feature's template. */
export interface TemplateSource {
  readonly file: string
  readonly doc: EnvDocument
  /** Returns true for a variable that takes the offset; defaults to the product's port variables. */
  readonly shifts?: IsPort
  /** A template that the tool generates from the product's own values, which may be secrets. */
  readonly isOwn?: true
  /** For the same: returns the next step if a port is above the highest one. @param most the largest offset that fits */
  readonly noRoom?: (key: string, most: number) => string
  /** Decides variables that features set, too: another value of theirs is no conflict. */
  readonly isDecision?: true
  /** Returns the line of a variable in `file`; defaults to its line in `doc`. */
  readonly lineOf?: (key: string) => number
}

/** A feature as one product uses it. */
export interface FeatureSource {
  /** Also that of its section. */
  readonly name: string
  /** Of a pinned feature, whose section stays when its version changes. */
  readonly version?: string
  /** The value of `__FEATURE_HOST_DIR__`: the feature's folder, absolute, as the Docker engine's host sees it. */
  readonly hostDir: string
  readonly template: TemplateSource | null
}

/** A text that may not exist. */
export interface TextSource {
  readonly file: string
  /** A byte string; null if there is no such file. */
  readonly text: string | null
}

/** A product, with everything that its merge depends on. */
export interface ProductSource {
  readonly name: string
  /** Set if the overlay of an instance is planned. */
  readonly instance?: string
  /** On every machine; the env file may set another one for this machine. */
  readonly offset: Offset
  /** The env file is that of a copy, so that an offset in it is the copy's. */
  readonly isCopy?: boolean
  /** Returns true for a port variable: by its name, by `portVariables:`, or a port of the product's own. */
  readonly isPort: IsPort
  /** In the product's order, which decides conflicts. */
  readonly features: readonly FeatureSource[]
  /** Reserved variables that features may set anyway (`allow:` in product.yaml). */
  readonly allow: readonly string[]
  readonly env: TextSource
  readonly example: TextSource
  /** The variables of env files that Compose reads before this one: for an overlay, those of the product env. */
  readonly earlier?: ReadonlyMap<string, string>
}
