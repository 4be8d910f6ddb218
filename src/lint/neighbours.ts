/** What the features of a workspace state, for the rules that compare one with all others. */
import type { PublishedPort } from '../compose/published.js'
import { parsePortValue } from '../ports/value.js'
import { isPortVariable } from '../ports/variable.js'
import { rawOf, type Template } from './context.js'

/** A variable that a feature states. */
export interface Stated {
  readonly feature: string
  readonly file: string
  readonly line: number
  readonly key: string
  /** As Compose reads it; a byte string. */
  readonly value: string
  /** Its base ports, both inclusive; null if it is no port variable, or no port. */
  readonly base: { readonly from: number; readonly to: number } | null
}

/** What all features state in one environment, as one of them sees it. */
export interface Neighbours {
  /** Those other features that state a variable, by feature. */
  readonly stating: (key: string) => readonly Stated[]
  /** Those other features' variables whose base ports meet these. */
  readonly withBase: (base: { readonly from: number; readonly to: number }) => readonly Stated[]
  /** The protocols for which another feature's Compose file publishes a variable; empty if it does not. */
  readonly protocols: (stated: Stated) => ReadonlySet<string>
  /** The ports that the Compose file of another feature publishes. */
  readonly ports: (stated: Stated) => readonly PublishedPort[]
  /** Whether a Compose file outside of the feature holds a word, such as the name of a variable. */
  readonly isUsed: (word: string) => boolean
  /** Whether a Compose file outside of the feature has a key of that name: a service, a network… */
  readonly hasKey: (name: string) => boolean
  /** Whether a template or a Compose file outside of the feature has a text in it that is no part of a longer word. */
  readonly names: (text: string) => boolean
  /** Those other features whose Compose files publish one of these host ports as a number. */
  readonly publishing: (range: { readonly from: number; readonly to: number }) => readonly string[]
}

/** Every variable of a template, each once. */
export function statedBy(feature: string, template: Template): Stated[] {
  return [...template.stated.values()].flatMap((statement): Stated[] => {
    const { key, line } = statement
    const value = template.reading.values.get(key)
    if (statement.kind === 'inherit' || value === undefined) return []
    const port = isPortVariable(key) ? parsePortValue(rawOf(template, statement)) : 'empty'
    const base = typeof port === 'string' ? null : { from: port.from, to: port.to }
    return [{ feature, file: template.file, line, key, value, base }]
  })
}
