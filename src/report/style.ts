/** Colour for terminals. */
import { createColors } from 'picocolors'

export type Style = Pick<
  ReturnType<typeof createColors>,
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
>

/** @param color without it, each style returns the text itself */
export function styles(color: boolean): Style {
  return createColors(color)
}
