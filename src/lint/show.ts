/** Places as a message names them. */
import type { ComposeProject } from '../compose/project.js'

/** `features/redis/.env.example:3` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`
}

/** Where to declare what a service of a file uses: `extends` takes the service out of a file, and nothing else. */
export function toDeclareIn({ files, extendedOnly }: ComposeProject, file: string): string {
  return extendedOnly.includes(file) ? (files[0] ?? file) : 'the file'
}
