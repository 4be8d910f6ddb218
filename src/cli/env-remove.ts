/** `product env NAME --instance blue --remove`: takes an overlay away, unless there is something of somebody's in it. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from '../env/document.js'
import { findSections } from '../merge/sections.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { instancesOf } from '../workspace/instances.js'
import { productFile } from '../workspace/layout.js'
import { readFile } from '../workspace/workspace.js'
import type { EnvRun } from './env-run.js'
import type { ExitCode } from './host.js'
import { reportProblems } from './program.js'

/** Removes the overlays of the instance from the products. */
export function remove({ host, workspace, options, products, instance, problems: found }: EnvRun): ExitCode {
  const problems: Problem[] = [...found]
  const files: string[] = []
  for (const { source } of products) {
    const { file, text } = readFile(workspace, productFile(source.name, `.env.${instance}`), problems)
    // A file of that name may be something else: an env file that the team keeps beside the product env.
    const isOverlay = instance !== null && instancesOf(workspace, source.name, problems).includes(instance)
    // Among all products, one without the instance is nothing to stop for.
    if (!isOverlay && options.all) continue
    if (text === null || !isOverlay) {
      const next = 'product list shows the instances.'
      problems.push(
        problem('no-instance', { file }, `product ${source.name} has no instance ${instance}`, next),
      )
    } else if (holdsOnlySections(text)) files.push(file)
    else {
      const next = 'Save what you need of it, then delete the file yourself.'
      problems.push(problem('hand-edited', { file }, 'somebody has edited it, so it is not removed', next))
    }
  }
  // With an error, nothing at all is removed.
  for (const file of hasErrors(problems) ? [] : files) {
    const failed = removeFile(join(workspace.root, file), file)
    if (failed !== null) problems.push(failed)
    else if (!options.quiet) host.stdout(`${file} removed\n`)
  }
  return reportProblems(host, problems)
}

function removeFile(path: string, file: string): Problem | null {
  try {
    rmSync(path)
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // Without a code it is a fault of ours, not the file system's.
    if (code === undefined) throw error
    const next = 'Make its folder writable (chmod u+w), or run as its owner.'
    return problem('cannot-write', { file }, `cannot be removed: ${message}`, next)
  }
}

function holdsOnlySections(text: string): boolean {
  const { sections } = findSections(parseEnv(text))
  let rest = ''
  let at = 0
  for (const { start, end, untouched } of sections) {
    rest += text.slice(at, untouched ? start : end)
    if (!untouched) return false
    at = end
  }
  return (rest + text.slice(at)).trim() === ''
}
