/** Values and names as a message quotes them. */
import type { ComposeProject } from '../compose/project.js'
import { decode } from '../env/bytes.js'
import { MASK } from '../env/mask.js'
import { isHidden } from './secret.js'

const LONGEST = 60

/** A value in quotes: shortened, and masked where it may be a secret. @param value a byte string */
export function quoted(key: string, value: string): string {
  if (isHidden(key, value)) return MASK
  const text = decode(value)
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
}

/** `features/redis/.env.example:3` */
export function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`
}

/** Where to declare what a service of a file uses: `extends` takes the service out of a file, and nothing else. */
export function toDeclareIn({ files, extendedOnly }: ComposeProject, file: string): string {
  return extendedOnly.includes(file) ? (files[0] ?? file) : 'the file'
}
