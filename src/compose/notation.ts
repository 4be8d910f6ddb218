/**
 * The notation of keys.ts: `keys([text, 'image user'], [list(text), 'profiles'])`. A form describes what a value may be
 * as a scalar, as a list and as a mapping; a part that is missing means that it may not be one.
 */
import type { ScalarNode } from './node.js'
import { oneOf } from './problems.js'

export interface Form {
  readonly scalar?: {
    readonly kinds: readonly Kind[]
    readonly limit?: Limit
    /** The unit that a bare number needs. */
    readonly unit?: string
  }
  /** The form of each item. */
  readonly list?: Form
  readonly mapping?: MappingForm
}

export type Kind = 'number' | 'whole' | 'flag' | 'text' | 'empty'

interface Limit {
  allows(value: ScalarNode): boolean
  /** For people: `must be host or private`. */
  readonly rule: string
}

export interface MappingForm {
  /** Keys with a meaning each; any other must start with `x-`. */
  readonly keys?: ReadonlyMap<string, Form>
  /** Keys that must be there. */
  readonly needs: readonly string[]
  /** The form of the values of keys that people choose. */
  readonly each?: Form
  /** The pattern of such keys; the values of all others have the form `others`, without which they are refused. */
  readonly names?: RegExp
  readonly others?: Form | undefined
}

/** Not checked. */
export const anything: Form = {}

export const text: Form = { scalar: { kinds: ['text'] } }
export const number: Form = { scalar: { kinds: ['number'] } }
const whole: Form = { scalar: { kinds: ['whole'] } }
export const flag: Form = { scalar: { kinds: ['flag'] } }
export const empty: Form = { scalar: { kinds: ['empty'] } }
export const duration: Form = { scalar: { kinds: ['text'], unit: 's' } }

/** One of some words. */
export function words(all: string): Form {
  const known = all.split(' ')
  return limited('text', { allows: (value) => known.includes(value.text), rule: `must be ${oneOf(known)}` })
}

/** A text that matches a pattern. */
export function like(pattern: RegExp, rule: string): Form {
  return limited('text', { allows: (value) => pattern.test(value.text), rule })
}

/** A whole number within bounds. */
export function between(from: number, to = Number.POSITIVE_INFINITY): Form {
  const allows = ({ type, text }: ScalarNode) =>
    type === 'string' || (Number(text) >= from && Number(text) <= to)
  const rule = Number.isFinite(to) ? `must be from ${from} to ${to}` : `must be ${from} or more`
  return limited('whole', { allows, rule })
}

function limited(kind: Kind, limit: Limit): Form {
  return { scalar: { kinds: [kind], limit } }
}

export function list(item: Form): Form {
  return { list: item }
}

/** A mapping whose keys people choose. */
export function map(each: Form, names = /^/, others?: Form): Form {
  return { mapping: { needs: [], each, names, others } }
}

/** A mapping of keys with a meaning each, grouped by form. `name!` must be there. */
export function keys(...groups: readonly (readonly [form: Form, names: string])[]): Form {
  const all = groups.flatMap(([form, names]) => names.split(' ').map((name) => ({ name, form })))
  return {
    mapping: {
      keys: new Map(all.map(({ name, form }) => [name.replace('!', ''), form])),
      needs: all.flatMap(({ name }) => (name.endsWith('!') ? name.slice(0, -1) : [])),
    },
  }
}

/** Any of some forms, of which at most one is a list, and one a mapping. */
export function or(...forms: readonly Form[]): Form {
  const kinds = forms.flatMap(({ scalar }) => scalar?.kinds ?? [])
  const scalar = Object.assign({}, ...forms.map(({ scalar }) => scalar), { kinds })
  return Object.assign({}, ...forms, kinds.length === 0 ? {} : { scalar })
}

// A text is allowed where Compose turns it into a number or a boolean: check-values.ts looks at the value.
export const amount = or(number, text)
export const count = or(whole, text)
export const toggle = or(flag, text)
export const texts = list(text)
export const textOrTexts = or(text, texts)
/** `[KEY=value]` or `{KEY: value}`. */
export const pairs = or(map(or(text, number, flag, empty), /./), texts)

/** The names of services, volumes and the like. */
export const NAME = /^[\w.-]+$/
