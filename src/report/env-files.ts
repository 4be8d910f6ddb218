/** What became of product envs that were generated, and of overlays that were removed. */
import { basename } from 'node:path'
import type { GeneratedEnv } from '../tasks/generate.js'
import { printable } from './escape.js'

/** @param failed whether an error kept them from being written */
export function generatedLines(products: readonly GeneratedEnv[], failed: boolean): string[] {
  const lines = products.flatMap(({ file, from, exists, written }) => {
    if (written) return [`${file} created from ${from}`]
    if (exists) return [`${file} exists already and is unchanged`]
    return failed ? [] : [`${file} not created: ${from} does not exist`]
  })
  return lines.map(printable)
}

export function removedLines(removed: readonly string[], instance: string | null): string[] {
  if (removed.length === 0) {
    const what = instance === null ? 'is a copy in this folder' : `has an instance ${printable(instance)}`
    return [`Nothing to remove: no product ${what}`]
  }
  // A product env only loses the section of the copy.
  return removed.map((file) =>
    basename(file) === '.env'
      ? `${printable(file)}: section of the copy removed`
      : `${printable(file)} removed`,
  )
}
