/** Returns a function that finds each answer once: all products ask for the places and files of the same features. */
export function remembered<T>(find: (name: string) => T): (name: string) => T {
  const found = new Map<string, T>()
  return (name) => {
    const known = found.get(name)
    const answer = known === undefined ? find(name) : known
    found.set(name, answer)
    return answer
  }
}
