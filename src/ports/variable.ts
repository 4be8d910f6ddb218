/**
 * Which variables are host ports. SPLENT's documentation names the three suffixes; a name that only holds one
 * somewhere else (`OLD_HOST_PORT_NOTE`) is no port variable.
 */
const SUFFIX = /(?:_HOST_PORT|_PORT_ONE|_PORT_TWO)$/i

/** Whether a variable's value is a host port, so that it takes the product's offset. */
export function isPortVariable(name: string): boolean {
  return SUFFIX.test(name)
}
