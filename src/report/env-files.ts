/** Product envs that were generated, and generated files that were removed. */
import { basename } from 'node:path'
import type { GeneratedEnv } from '../tasks/generate.js'
import { printable } from './escape.js'

/** @param failed an error kept them from being written */
export function generatedLines(products: readonly GeneratedEnv[], failed: boolean): string[] {
  const lines = products.flatMap(({ file, from, exists, changed, written }) => {
    if (exists) return [`${file} already exists and is unchanged`]
    if (written) return [`${file} created from ${from}`]
    if (failed) return []
    return [changed ? `${file} would be created from ${from}` : `${file} not created: ${from} does not exist`]
  })
  return lines.map(printable)
}

export function removedLines(removed: readonly string[], instance: string | null, dryRun: boolean): string[] {
  if (removed.length === 0) {
    const what = instance === null ? 'is a copy in this folder' : `has an instance ${printable(instance)}`
    return [`Nothing to remove: no product ${what}`]
  }
  const verb = dryRun ? 'would be removed' : 'removed'
  // A product env only loses the section of the copy.
  return removed.map(
    (file) => `${printable(file)}${basename(file) === '.env' ? ': section of the copy' : ''} ${verb}`,
  )
}
