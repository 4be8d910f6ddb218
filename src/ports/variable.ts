/** From SPLENT's documentation. A name with one of them elsewhere (`OLD_HOST_PORT_NOTE`) is not a port variable. */
const SUFFIX = /(?:_HOST_PORT|_PORT_ONE|_PORT_TWO)$/i

/** Returns true for a variable whose value is a host port. */
export function isPortVariable(name: string): boolean {
  return SUFFIX.test(name)
}
