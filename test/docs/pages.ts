import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

export function pagePath(page: string): string {
  return join(REPOSITORY, page)
}

/** Returns a page with LF line ends. */
export function readPage(page: string): string {
  return readFileSync(pagePath(page), 'utf8').replaceAll('\r\n', '\n')
}
