/** Which lines of a product env belong to the product, and which the tool may rewrite: unedited sections, on request. */
import type { EnvDocument, Statement } from '../env/document.js'
import type { Section } from './sections.js'

/** What a run may change besides adding what is missing. */
export interface MergeOptions {
  /** Rewrite unedited sections from the current templates. */
  readonly refresh?: boolean
  /** Drop unedited sections of features that the product no longer has, and variables that an overlay no longer needs. */
  readonly prune?: boolean
  /** Sets this offset in the env file, and moves the ports to it. */
  readonly offset?: number | undefined
}

export interface SectionFate {
  readonly section: Section
  readonly fate: 'keep' | 'rewrite' | 'drop' | 'trim'
}

/** The last statement of a key in the product env. */
export interface OwnKey {
  readonly line: number
  /** In an unedited section of a feature that the product has. */
  readonly untouched: boolean
  /** Null if its section is rewritten with the same value. */
  readonly statement: Statement | null
}

interface ProductFeatures {
  readonly features: ReadonlySet<string>
  /** Those that have a template. */
  readonly templates: ReadonlySet<string>
  /** Returns true for a section of an overlay with variables that it no longer needs. */
  readonly isStale: (section: Section) => boolean
}

export function decideSections(
  sections: readonly Section[],
  product: ProductFeatures,
  { refresh = false, prune = false }: MergeOptions,
): SectionFate[] {
  const rewritten = new Set<string>()
  return sections.map((section): SectionFate => {
    const { feature, untouched } = section
    if (!untouched) return { section, fate: 'keep' }
    if (prune && !product.features.has(feature)) return { section, fate: 'drop' }
    if (!refresh && prune && product.isStale(section)) return { section, fate: 'trim' }
    if (!refresh || !product.templates.has(feature)) return { section, fate: 'keep' }
    // A later merge adds a second section for new variables; a refresh makes one of them.
    if (rewritten.has(feature)) return { section, fate: 'drop' }
    rewritten.add(feature)
    return { section, fate: 'rewrite' }
  })
}

/** Returns the keys that keep their statement: all outside of the sections that are rewritten or dropped. */
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
    if (within === undefined || start < within.section.start)
      own.set(key, { line, untouched: false, statement })
    else if (within.fate === 'keep' || within.fate === 'trim') {
      const { feature, untouched } = within.section
      own.set(key, { line, untouched: untouched && templates.has(feature), statement })
    }
  }
  return own
}
