/** HTML in which no text of a file can become markup: a template escapes every value that is not markup already. */
import { printable } from './escape.js'

export interface Markup {
  readonly markup: string
}

type Value = string | number | Markup | readonly Markup[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The tag of a template; a value may stand between tags or in a quoted attribute. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: strings.map((text, index) => text + markupOf(values[index] ?? '')).join('') }
}

function markupOf(value: Value): string {
  if (typeof value === 'number') return `${value}`
  if (typeof value === 'string')
    return printable(value).replace(/[&<>"']/g, (each) => ENTITIES[each] as string)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}
