import { LOCAL_OFFSET } from './offset.js'

/** From SPLENT's documentation. A name with one of them elsewhere (`OLD_HOST_PORT_NOTE`) is not a port variable. */
const SUFFIX = /(?:_HOST_PORT|_PORT_ONE|_PORT_TWO)$/i

/** In `portVariables:`, each variable that is used for nothing but the host part of a published port. */
export const PUBLISHED_WORD = 'published'

/** Returns true for a variable whose value is a host port. */
export type IsPort = (key: string) => boolean

/** Returns true for a name that marks a port variable in every workspace. */
export function isPortVariable(name: string): boolean {
  return SUFFIX.test(name)
}

/** Returns the test for `portVariables:`. @param published the variables that the word `published` stands for */
export function portTest(patterns: readonly string[], published: ReadonlySet<string>): IsPort {
  return (key) =>
    key !== LOCAL_OFFSET &&
    patterns.some((pattern) => (pattern === PUBLISHED_WORD ? published.has(key) : matches(pattern, key)))
}

/** Without a regular expression, which could take minutes for `*A*A*A*`. */
function matches(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return name === glob
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}
