/** What became of product envs that were generated, and of overlays that were removed. */
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

export function removedLines(files: readonly string[], instance: string): string[] {
  if (files.length === 0) return [`Nothing to remove: no product has an instance ${printable(instance)}`]
  return files.map((file) => `${printable(file)} removed`)
}
