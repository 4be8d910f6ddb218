/**
 * How keys.ts and keys-service.ts say what a Compose file may hold: `keys([text, 'image user'], [list(text), 'profiles'])`.
 * A value is a scalar, a list or a mapping. A form says what it may be as each of them; where it says nothing of one,
 * a value may not be that.
 */

import type { ScalarNode } from './node.js'
import { oneOf } from './problems.js'

export interface Form {
  readonly scalar?: ScalarForm
  /** What each item may be. */
  readonly list?: Form
  readonly mapping?: MappingForm
}

export type Kind = 'number' | 'whole' | 'flag' | 'text' | 'empty'

export interface ScalarForm {
  readonly kinds: readonly Kind[]
  /** Which of the values of these kinds are meant. */
  readonly limit?: Limit
  /** What a bare number lacks. */
  readonly unit?: string
}

interface Limit {
  allows(value: ScalarNode): boolean
  /** The same for people: `must be host or private`. */
  readonly rule: string
}

export interface MappingForm {
  /** Keys that have a meaning each. Beside them only those that start with `x-` may stand. */
  readonly keys?: ReadonlyMap<string, Form>
  /** Those that must be there. */
  readonly needs: readonly string[]
  /** What the values of keys may be that people choose. */
  readonly each?: Form
  /** What such keys look like; all others hold `others`, and may not be there where that is not given. */
  readonly names?: RegExp
  readonly others?: Form | undefined
}

/** Not looked at. */
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

/** A text of some look. */
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

/** A mapping of keys that have a meaning: groups of what may stand in them, and their names. `name!` must be there. */
export function keys(...groups: readonly (readonly [form: Form, names: string])[]): Form {
  const known = new Map<string, Form>()
  const needs: string[] = []
  for (const [form, names] of groups) {
    for (const name of names.split(' ')) {
      const key = name.replace('!', '')
      known.set(key, form)
      if (key !== name) needs.push(key)
    }
  }
  return { mapping: { keys: known, needs } }
}

/** Any of some forms, of which at most one is a list, and one a mapping. */
export function or(...forms: readonly Form[]): Form {
  const kinds = forms.flatMap(({ scalar }) => scalar?.kinds ?? [])
  const scalars = forms.map(({ scalar }) => scalar)
  const scalar = kinds.length === 0 ? {} : { scalar: Object.assign({}, ...scalars, { kinds }) as ScalarForm }
  return Object.assign({}, ...forms, scalar) as Form
}

// Much of what Compose wants as a number or as true or false may be a text, too: formats.ts looks at what it says.
export const amount = or(number, text)
export const count = or(whole, text)
export const toggle = or(flag, text)
export const texts = list(text)
export const textOrTexts = or(text, texts)
/** `[KEY=value]` or `{KEY: value}`. */
export const pairs = or(map(or(text, number, flag, empty), /./), texts)

/** What services, volumes and the like may be called. */
export const NAME = /^[\w.-]+$/
