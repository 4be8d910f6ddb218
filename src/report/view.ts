/** The variables that Compose reads, as text and as JSON. */
import { decode } from '../env/bytes.js'
import { MASK } from '../env/secret.js'
import type { ViewEntry } from '../merge/view.js'
import { escaped, printable } from './escape.js'
import { isPasted, type Secrets, showsPort } from './secrets.js'
import { type Column, tableLines } from './table.js'

/** @param secrets null prints everything */
export function viewLines(
  entries: readonly ViewEntry[],
  secrets: Secrets | null,
  width: number | null,
): string[] {
  const rows = entries.map((entry) => {
    return [
      shownKey(entry, secrets),
      shown(entry, secrets) ?? MASK,
      from(entry),
      notes(entry, secrets).join('; '),
    ].map(secrets === null ? escaped : printable)
  })
  const columns: readonly Column[] = [
    { title: 'variable', shrinks: true },
    { title: 'value' },
    { title: 'from', shrinks: true },
    { title: 'note' },
  ]
  return tableLines(columns, rows, width)
}

/** As JSON (docs/json.md). */
export function viewJson(entries: readonly ViewEntry[], secrets: Secrets | null) {
  return entries.map((entry) => ({
    key: shownKey(entry, secrets),
    value: shown(entry, secrets),
    masked: shown(entry, secrets) === null,
    file: entry.file,
    line: entry.line,
    origin: entry.origin,
    shellWins: entry.shellWins,
    containerDiffers: entry.container !== undefined,
    dotenvDiffers: entry.dotenv !== undefined,
  }))
}

function from({ origin, generated, file, line }: ViewEntry): string {
  if (origin !== null) return `${origin.feature}, ${origin.file}:${origin.line}`
  return `${generated ? 'section' : 'product'}, ${file}:${line}`
}

function shownKey({ key, value, generated }: ViewEntry, secrets: Secrets | null): string {
  return secrets !== null && !generated && isPasted(key, value) ? MASK : key
}

function shown({ key, value }: ViewEntry, secrets: Secrets | null): string | null {
  return secrets === null || showsPort(secrets.isPort, key, value) || !secrets.has(key) ? decode(value) : null
}

function notes(entry: ViewEntry, secrets: Secrets | null): string[] {
  const notes: string[] = []
  if (entry.shellWins) notes.push('the shell has another value, which wins')
  if (entry.container !== undefined) {
    const isPublic = secrets?.has(entry.key) !== true || showsPort(secrets.isPort, entry.key, entry.container)
    notes.push(`a container with env_file reads ${isPublic ? text(entry.container) : 'another value'}`)
  }
  if (entry.dotenv === null) notes.push('npm dotenv does not see it')
  else if (entry.dotenv !== undefined) {
    const public_ = secrets === null || (!secrets.has(entry.key) && secrets.isQuoted(entry.key, entry.dotenv))
    if (!public_) notes.push('npm dotenv reads another value')
    else notes.push(`npm dotenv reads ${text(entry.dotenv)}`)
  }
  return notes
}

function text(value: string): string {
  return value === '' ? 'nothing' : decode(value)
}
