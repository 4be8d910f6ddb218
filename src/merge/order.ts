/**
 * What refers to a variable that is stated only further down. Compose reads a file from top to bottom, so such a
 * reference is empty, however clear it is what was meant.
 */
import { type EnvDocument, type Quote, rawValue } from '../env/document.js'
import { mayExpand, referencesIn } from '../env/read.js'
import type { Assembly, Expected } from './assemble.js'
import type { Origin } from './candidates.js'

/** A reference to what stands below it. */
export interface ForwardReference {
  readonly key: string
  /** The name that it refers to. */
  readonly name: string
  /** The template, and the line in it; null for a line of the product env, whose number `line` is then. */
  readonly origin: Origin | null
  readonly line: number
  /** Where the name is stated: the template, or null for a line of the product env. */
  readonly below: Origin | null
}

/** A statement of the new text. */
interface Stated {
  readonly key: string
  readonly line: number
  readonly origin: Origin | null
}

/**
 * The forward references of a new product env, in order. One with a default, or another operator, says itself what is
 * to be where the variable is not.
 * @param old the product env as it was
 * @param earlier what is read from env files before this one
 */
export function forwardReferences(
  old: EnvDocument,
  { text, leading, expected }: Assembly,
  earlier: ReadonlyMap<string, string> = new Map(),
): ForwardReference[] {
  // In a large product env nearly nothing refers to anything.
  if (!mayExpand(text)) return []
  const open: (Stated & { readonly index: number; readonly names: readonly string[] })[] = []
  const asked = new Set<string>()
  const visit = (index: number, stated: Stated, raw: string, quote: Quote): void => {
    if (!mayExpand(raw)) return
    const plain = referencesIn(raw, quote).filter(
      ({ name, operator }) => operator === '' && !earlier.has(name),
    )
    if (plain.length === 0) return
    const names = [...new Set(plain.map(({ name }) => name))]
    open.push({ ...stated, index, names })
    for (const name of names) asked.add(name)
  }
  const leads = old.statements.slice(0, leading)
  for (const [index, statement] of leads.entries()) {
    const { key, line, quote } = statement
    visit(index, { key, line, origin: null }, rawValue(old, statement), quote)
  }
  for (const [index, { key, line, origin, raw, quote }] of expected.entries()) {
    visit(leading + index, { key, line, origin }, raw, quote)
  }
  if (open.length === 0) return []
  const all = [...leads.map(({ key, kind }) => ({ key, kind, origin: null })), ...expected]
  const { first, last } = placesOf(asked, new Set(open.map(({ key }) => key)), all)
  return open.flatMap(({ index, names, key, line, origin }) =>
    names.flatMap((name) => {
      const place = first.get(name)
      // Of a key that is stated again, only the last line counts.
      const isIdle = last.get(key) !== index
      return place === undefined || place.index <= index || isIdle
        ? []
        : [{ key, name, origin, line, below: place.origin }]
    }),
  )
}

/** Where some names get a value first, and others are stated last: of a large product env that is a small part. */
function placesOf(
  asked: ReadonlySet<string>,
  referring: ReadonlySet<string>,
  all: readonly Pick<Expected, 'key' | 'kind' | 'origin'>[],
) {
  const first = new Map<string, Pick<Expected, 'origin'> & { readonly index: number }>()
  const last = new Map<string, number>()
  for (const [index, { key, kind, origin }] of all.entries()) {
    // A name alone leaves its value to the shell.
    if (kind === 'assign' && asked.has(key) && !first.has(key)) first.set(key, { index, origin })
    if (referring.has(key)) last.set(key, index)
  }
  return { first, last }
}
