/**
 * What a merge is planned from: every text already read, nothing decided. Files are named as people see them,
 * relative to the workspace.
 */
import type { EnvDocument } from '../env/document.js'
import type { Offset } from '../ports/offset.js'

/** A feature's template. */
export interface TemplateSource {
  readonly file: string
  readonly doc: EnvDocument
  /** For a template that the tool has written itself: which variables take the offset. Else those with a port variable's name. */
  readonly shifts?: (key: string) => boolean
  /** For the same: its values are the product's own, and so may be secrets. */
  readonly isOwn?: true
  /** For the same: what to do if the offset takes a port over the highest one; `most` is the largest offset that does not. */
  readonly noRoom?: (key: string, most: number) => string
  /** For the same: the line of `file` that a variable comes from. Else its line in the template. */
  readonly lineOf?: (key: string) => number
}

/** A feature as one product uses it. */
export interface FeatureSource {
  readonly name: string
  /** The feature's folder, absolute, as the Docker engine's host sees it: what `__FEATURE_HOST_DIR__` stands for. */
  readonly hostDir: string
  /** Null where the feature has none. */
  readonly template: TemplateSource | null
}

/** A text that may not be there. */
export interface TextSource {
  readonly file: string
  /** A byte string; null where there is no such file. */
  readonly text: string | null
}

/** A product, with all that its merge depends on. */
export interface ProductSource {
  readonly name: string
  /** The instance whose overlay is planned; undefined for the product itself. */
  readonly instance?: string
  readonly offset: Offset
  /** In the product's order, which decides conflicts. */
  readonly features: readonly FeatureSource[]
  /** Reserved variables that features may set all the same (`allow:` in product.yaml). */
  readonly allow: readonly string[]
  readonly env: TextSource
  readonly example: TextSource
  /** What Compose has read before from another env file: for an overlay, the product env. */
  readonly earlier?: ReadonlyMap<string, string>
}
