const WORD = /^(?:y|n|yes|no|on|off|true|false|null)$/i
const PLAIN = /^(?:\.\.\/|[A-Za-z])[\w./:@+-]*$/

/** A scalar that every YAML reads as this text, also where it looks like a number or a truth value. @param text a name, an image or a relative path */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !WORD.test(text) ? text : `"${text}"`
}
