/**
 * Decides which values a report may print. Text of templates and port numbers are public; values of the product's own
 * lines and of the shell may be secrets, and so may all values that refer to them.
 */
import { type EnvDocument, parseEnv, rawValue, type Statement } from '../env/document.js'
import { referencesIn } from '../env/read.js'
import { isHidden } from '../env/secret.js'
import { findSections } from '../merge/sections.js'
import type { ProductSource } from '../merge/source.js'
import { isOffset, LOCAL_OFFSET } from '../ports/offset.js'
import { parsePortValue } from '../ports/value.js'
import type { IsPort } from '../ports/variable.js'

export interface Secrets {
  readonly isPort: IsPort
  /** Returns true if the value that Compose reads may be a secret. */
  readonly has: (key: string) => boolean
  /** Returns true if the template's value refers to no secret, and does not look like one. */
  readonly isPublicIn: (feature: string, key: string) => boolean
  /** Returns true if a template's value contains the text: another reader may take more of the file for the value. */
  readonly isQuoted: (key: string, text: string) => boolean
}

/**
 * Finds the values of a product that must not be printed.
 * @param texts the env files that Compose reads, in order
 * @param shell the names of the shell's variables, if the values were read with them
 */
export function secretsOf(
  { env, example, earlier, features, isPort }: ProductSource,
  texts: readonly string[] = [env.text ?? example.text ?? ''],
  shell: Iterable<string> = [],
): Secrets {
  const secret = new Set(shell)
  for (const [key, value] of earlier ?? []) if (!showsPort(isPort, key, value)) secret.add(key)
  /** By name, the variables that refer to it. */
  const users = new Map<string, string[]>()
  const words = new Map<string, string[]>()
  /** @returns the names that a template's value refers to; null if it looks like a secret */
  const derive = (doc: EnvDocument, statement: Statement): string[] | null => {
    const { key, quote } = statement
    const raw = rawValue(doc, statement)
    const used = referencesIn(raw, quote).map(({ name }) => name)
    for (const name of used) push(users, name, key)
    push(words, key, raw)
    if (showsPort(isPort, key, raw) || !isHidden(key, raw)) return used
    secret.add(key)
    return null
  }

  for (const own of texts.map(parseEnv)) {
    const sections = findSections(own).sections.filter(({ untouched }) => untouched)
    let next = 0
    for (const statement of own.statements) {
      while (next < sections.length && statement.start >= (sections[next]?.end ?? 0)) next += 1
      const { key } = statement
      if ((sections[next]?.start ?? Number.POSITIVE_INFINITY) <= statement.start) derive(own, statement)
      else if (!showsPort(isPort, key, rawValue(own, statement))) secret.add(key)
    }
  }
  const ownTemplates = new Set(features.filter(({ template }) => template?.isOwn).map(({ name }) => name))
  const given = new Map<string, string[] | null>()
  for (const { name, template } of features) {
    for (const statement of template?.doc.statements ?? [])
      given.set(`${name} ${statement.key}`, derive(template?.doc as EnvDocument, statement))
  }
  // The loop reaches the names that it adds, too.
  for (const name of secret) for (const key of users.get(name) ?? []) secret.add(key)
  return {
    isPort,
    has: (key) => secret.has(key),
    isPublicIn: (feature, key) =>
      !(ownTemplates.has(feature) && secret.has(key)) &&
      given.get(`${feature} ${key}`)?.some((name) => secret.has(name)) === false,
    isQuoted: (key, text) => words.get(key)?.some((raw) => raw.includes(text)) ?? false,
  }
}

function push(lists: Map<string, string[]>, name: string, item: string): void {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [item])
  else list.push(item)
}

/** Returns true for the port of a port variable, and for an offset, which are not secrets. */
export function showsPort(isPort: IsPort, key: string, value: string): boolean {
  if (key === LOCAL_OFFSET) return isOffset(value)
  return isPort(key) && typeof parsePortValue(value) === 'object'
}

/** Returns true for the last line of a pasted key, whose base64 padding reads like `KEY=`. */
export function isPasted(key: string, value: string): boolean {
  return value === '=' || (value === '' && /[a-z]/.test(key) && /[A-Z]/.test(key))
}
