/**
 * Who a line of a product env belongs to: to the product for good, or to the tool, which may rewrite it when
 * it is asked to. Everything is the product's unless an option says otherwise, and a section that somebody
 * edited by hand stays so whatever the options say.
 */
import type { EnvDocument, Statement } from '../env/document.js'
import type { Section } from './sections.js'

/** What a run may change besides adding what is missing. */
export interface MergeOptions {
  /** Rewrite the sections that nobody touched from today's templates. */
  readonly refresh?: boolean
  /**
   * Drop the sections that nobody touched of features that the product no longer has; of an overlay's section, what
   * is no longer in the product env.
   */
  readonly prune?: boolean
}

/** What becomes of a section. */
export interface SectionFate {
  readonly section: Section
  readonly fate: 'keep' | 'rewrite' | 'drop' | 'trim'
}

/** Where the product env states a key, the last time. */
export interface OwnKey {
  readonly line: number
  /** In a section that nobody touched, of a feature that the product has: a refresh would rewrite it. */
  readonly untouched: boolean
  /** In the old text; null where the section is rewritten, and says the same. */
  readonly statement: Statement | null
}

/** What the sections are decided by. */
interface Stating {
  readonly features: ReadonlySet<string>
  /** Those of them that have a template. */
  readonly templates: ReadonlySet<string>
  /** Whether a section of the tool's own states what its template no longer does. */
  readonly isStale: (section: Section) => boolean
}

/** Decides every section, in order. */
export function decideSections(
  sections: readonly Section[],
  product: Stating,
  { refresh = false, prune = false }: MergeOptions,
): SectionFate[] {
  const rewritten = new Set<string>()
  return sections.map((section): SectionFate => {
    const { feature, untouched } = section
    if (!untouched) return { section, fate: 'keep' }
    if (prune && !product.features.has(feature)) return { section, fate: 'drop' }
    if (!refresh && prune && product.isStale(section)) return { section, fate: 'trim' }
    if (!refresh || !product.templates.has(feature)) return { section, fate: 'keep' }
    // Later merges may have added a second section for new variables: rewriting makes it one again.
    if (rewritten.has(feature)) return { section, fate: 'drop' }
    rewritten.add(feature)
    return { section, fate: 'rewrite' }
  })
}

/**
 * The keys that the product env goes on stating: all but those of sections that are rewritten or dropped.
 * @param templates the features that the product has and that have a template
 */
export function ownKeys(
  doc: EnvDocument,
  fates: readonly SectionFate[],
  templates: ReadonlySet<string>,
): Map<string, OwnKey> {
  const own = new Map<string, OwnKey>()
  let next = 0
  for (const statement of doc.statements) {
    const { key, line, start } = statement
    while (next < fates.length && start >= (fates[next] as SectionFate).section.end) next += 1
    const within = fates[next]
    const inside = within !== undefined && start >= within.section.start
    if (!inside) own.set(key, { line, untouched: false, statement })
    else if (within.fate === 'keep' || within.fate === 'trim') {
      const { feature, untouched } = within.section
      own.set(key, { line, untouched: untouched && templates.has(feature), statement })
    }
  }
  return own
}
