/**
 * A plan is a value: what each variable of each feature comes to in a product, and the product env that follows
 * from it. Merge, dry run, diff, check, JSON and text all render the same plan. All values are byte strings.
 */
import type { EnvDocument } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import type { Offset } from '../ports/offset.js'
import { type PortValue, parsePortValue } from '../ports/value.js'
import type { Problem } from '../problem.js'

/** How a base port becomes a host port: `base` + `offset` = `host`. */
export interface Shift {
  readonly base: PortValue
  readonly offset: number
  readonly host: PortValue
}

/**
 * - `adjusted`: a port, added (or refreshed) with the offset
 * - `added`: any other variable, added or refreshed
 * - `kept`: what the product env already says stands
 * - `conflict`: an earlier feature states another value, which wins
 * - `same`: an earlier feature states the same value
 */
export type Outcome = 'adjusted' | 'added' | 'kept' | 'conflict' | 'same'

/** One variable of one feature, and what became of it. */
export interface Entry {
  readonly key: string
  readonly feature: string
  /** The template, and the line in it. */
  readonly file: string
  readonly line: number
  readonly outcome: Outcome
  /** Null where the variable is no port variable, or its value no port. */
  readonly shift: Shift | null
  /** A port that the product takes from a scheme (`ports:` in product.yaml). */
  readonly ownPort: boolean
  /** The placeholders that the template's value holds, such as `__PRODUCT__`. */
  readonly placeholders: readonly string[]
  /** What Compose reads for the key after the merge; null where that is left to the shell. */
  readonly value: string | null
  /** What this feature gives for the key; differs from `value` where something else stood. */
  readonly given: string | null
  /** For `kept`: the line in the product env, and whether it is in a section that nobody touched, of a feature that the product has. */
  readonly kept: { readonly line: number; readonly untouched: boolean } | null
  /** For `conflict` and `same`: who stated the key first. */
  readonly first: { readonly feature: string; readonly file: string; readonly line: number } | null
}

/** A section that the plan adds, rewrites or drops. */
export interface SectionChange {
  readonly feature: string
  readonly change: 'added' | 'refreshed' | 'pruned'
}

/** What a merge makes of one product. */
export interface ProductPlan extends FileChange {
  readonly product: string
  /** The instance whose overlay the file is; null for the product itself. */
  readonly instance: string | null
  readonly offset: Offset
  /** `after`, parsed; empty where it is null. */
  readonly doc: EnvDocument
  /** What Compose reads in it, without the shell's variables. */
  readonly values: ReadonlyMap<string, string>
  /** The `.env.example` from which a missing product env is created. */
  readonly createdFrom: string | null
  /** The features whose templates were merged, in the product's order. */
  readonly merged: readonly string[]
  readonly entries: readonly Entry[]
  readonly sections: readonly SectionChange[]
  /** Variables that go with a rewritten or dropped section, and that nothing states any more. */
  readonly dropped: readonly string[]
  /** Features that the product no longer has, and whose sections stay where they are, untouched. */
  readonly orphaned: readonly string[]
  readonly problems: readonly Problem[]
}

/** Whether applying the plan would change the file. */
export function changesFile(plan: ProductPlan): boolean {
  return plan.after !== plan.before
}

/** The port that the merge gives the product: a shifted one, or one from a scheme; null if it gives none. */
export function assignedPort({ outcome, shift, ownPort, value }: Entry): PortValue | null {
  if (outcome === 'adjusted') return shift?.host ?? null
  const port = outcome === 'added' && ownPort ? parsePortValue(value ?? '') : 'empty'
  return typeof port === 'string' ? null : port
}

/** Whether a refresh would give the variable another value: nobody has touched the section, so it is the template that changed. */
export function isOutdated({ kept, given, value }: Entry): boolean {
  return kept?.untouched === true && given !== null && given !== value
}
