/** Colour for terminals; without it every style is the text itself. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

/** The styles. @param color whether the output is a terminal that wants colour */
export function styles(color: boolean): Style {
  // SGR codes of ECMA-48: set and reset.
  const sgr = (set: number, reset: number) => (text: string) =>
    color ? `\x1b[${set}m${text}\x1b[${reset}m` : text
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39) }
}
