/** Reads the names in docs/reserved.md, for the tests that compare them with the code and with Compose. */
import { readPage } from './pages.js'

/** @returns the reserved names with the reason that the page gives, and the names that pass; `X_*` as `X_ANY` */
export function documentedNames(): {
  readonly reserved: ReadonlyMap<string, string>
  readonly passing: string[]
} {
  const [, names = '', passing = ''] =
    /## The names\n(.*)## Names that pass\n(.*)## /s.exec(readPage('docs/reserved.md')) ?? []
  const reserved = rows(names).flatMap(([cell = '', reason = '']) =>
    namesIn(cell).map((name): [string, string] => [name, reason.trim()]),
  )
  return { reserved: new Map(reserved), passing: rows(passing).flatMap(([cell = '']) => namesIn(cell)) }
}

function rows(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1))
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace('*', 'ANY'))
}
