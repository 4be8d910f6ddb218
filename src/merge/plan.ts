/** The plan of a merge, a value that merge, dry run, diff, check, JSON and text all render. Values are byte strings. */
import type { EnvDocument } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import type { Offset } from '../ports/offset.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'
import type { Problem } from '../problem.js'

/** How a base port becomes a host port: `base` + `offset` = `host`. */
export interface Shift {
  readonly base: PortValue
  readonly offset: number
  readonly offsetFrom: Offset['from']
  readonly host: PortValue
}

/**
 * - `adjusted`: a port, added or refreshed with the offset
 * - `added`: any other variable, added or refreshed
 * - `kept`: the value in the product env wins
 * - `conflict`: an earlier feature sets another value, which wins
 * - `same`: an earlier feature sets the same value, or decides it
 */
export type Outcome = 'adjusted' | 'added' | 'kept' | 'conflict' | 'same'

export interface Entry {
  readonly key: string
  readonly feature: string
  /** The template, and the line in it. */
  readonly file: string
  readonly line: number
  readonly outcome: Outcome
  /** Null unless a port variable has a port. */
  readonly shift: Shift | null
  /** A port of the product's own, from a scheme (`ports:` in product.yaml). */
  readonly ownPort: boolean
  /** The placeholders in the template's value, such as `__PRODUCT__`. */
  readonly placeholders: readonly string[]
  /** The value that Compose reads after the merge; null if only the shell sets it. */
  readonly value: string | null
  /** The value that this feature gives; differs from `value` if another one wins. */
  readonly given: string | null
  /** For `kept`: the line in the product env; `untouched` in an unedited section of a feature that the product has. */
  readonly kept: { readonly line: number; readonly untouched: boolean } | null
  /** For `conflict` and `same`: the feature that sets the key first. */
  readonly first: { readonly feature: string; readonly file: string; readonly line: number } | null
}

/** A section that the plan adds, rewrites or drops. */
export interface SectionChange {
  readonly feature: string
  readonly change: 'added' | 'refreshed' | 'pruned'
}

/** The merge of one product. If an error stops it, `after` equals `before`. */
export interface ProductPlan extends FileChange {
  readonly product: string
  /** The instance whose overlay the file is; null for the product itself. */
  readonly instance: string | null
  readonly offset: Offset
  /** Returns true for a port variable of the product. */
  readonly isPort: IsPort
  /** `after`, parsed. */
  readonly doc: EnvDocument
  /** The values in `after` as Compose reads them, without the shell's variables. */
  readonly values: ReadonlyMap<string, string>
  /** The `.env.example` from which a missing product env is created. */
  readonly createdFrom: string | null
  /** The features whose templates were merged, in the product's order. */
  readonly merged: readonly string[]
  readonly entries: readonly Entry[]
  readonly sections: readonly SectionChange[]
  /** Variables that no line sets any more. */
  readonly dropped: readonly string[]
  /** Features that the product no longer has, whose unedited sections stay. */
  readonly orphaned: readonly string[]
  readonly problems: readonly Problem[]
}

export function changesFile(plan: ProductPlan): boolean {
  return plan.after !== plan.before
}

/** Returns the port that the merge assigns: a shifted one, or one from a scheme; null for none. */
export function assignedPort({ outcome, shift, ownPort, value }: Entry): PortValue | null {
  if (outcome === 'adjusted') return shift?.host ?? null
  const port = outcome === 'added' && ownPort ? parsePortValue(value ?? '') : 'empty'
  return typeof port === 'string' ? null : port
}

/** Returns true if a refresh would change the value. */
export function isOutdated({ kept, given, value }: Entry): boolean {
  return kept?.untouched === true && given !== null && given !== value
}
