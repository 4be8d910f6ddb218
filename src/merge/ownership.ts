/**
 * Who a line of a product env belongs to: to the product for good, or to the tool, which may rewrite it when
 * it is asked to. Everything is the product's unless an option says otherwise, and a section that somebody
 * edited by hand stays so whatever the options say.
 */
import type { EnvDocument } from '../env/document.js'
import type { Section } from './sections.js'

/** What a run may change besides adding what is missing. */
export interface MergeOptions {
  /** Rewrite the sections that nobody touched from today's templates. */
  readonly refresh?: boolean
  /** Drop the sections that nobody touched of features that the product no longer has. */
  readonly prune?: boolean
}

/** What becomes of a section. */
export interface SectionFate {
  readonly section: Section
  readonly fate: 'keep' | 'rewrite' | 'drop'
}

/** Where the product env states a key, the last time. */
export interface OwnKey {
  readonly line: number
  readonly untouched: boolean
}

/** Decides every section, in order. `templates` are the features that the product has and that have a template. */
export function decideSections(
  sections: readonly Section[],
  product: { readonly features: ReadonlySet<string>; readonly templates: ReadonlySet<string> },
  { refresh = false, prune = false }: MergeOptions,
): SectionFate[] {
  const rewritten = new Set<string>()
  return sections.map((section): SectionFate => {
    const { feature, untouched } = section
    if (!untouched) return { section, fate: 'keep' }
    if (prune && !product.features.has(feature)) return { section, fate: 'drop' }
    if (!refresh || !product.templates.has(feature)) return { section, fate: 'keep' }
    // Later merges may have added a second section for new variables: rewriting makes it one again.
    if (rewritten.has(feature)) return { section, fate: 'drop' }
    rewritten.add(feature)
    return { section, fate: 'rewrite' }
  })
}

/**
 * The keys that the product env goes on stating: all but those of sections that are rewritten or dropped.
 * @param asked the keys that matter; of a large product env that is a small part
 */
export function ownKeys(
  doc: EnvDocument,
  fates: readonly SectionFate[],
  asked: ReadonlyMap<string, unknown>,
): Map<string, OwnKey> {
  const own = new Map<string, OwnKey>()
  let next = 0
  for (const { key, line, start } of doc.statements) {
    if (!asked.has(key)) continue
    while (next < fates.length && start >= (fates[next] as SectionFate).section.end) next += 1
    const within = fates[next]
    const inside = within !== undefined && start >= within.section.start
    if (!inside) own.set(key, { line, untouched: false })
    else if (within.fate === 'keep') own.set(key, { line, untouched: within.section.untouched })
  }
  return own
}
