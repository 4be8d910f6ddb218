/** Places as a message names them. */
import type { LintContext } from './context.js'

/** `features/redis/.env.example:3` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`
}

/** Where to declare what a service of a file uses: `extends` takes the service out of a file, and nothing else. */
export function toDeclareIn({ compose }: LintContext, file: string): string {
  return compose?.extendedOnly.includes(file) ? (compose.files[0] ?? file) : 'the file'
}
