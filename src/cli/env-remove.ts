/** `product env NAME --instance blue --remove`: takes an overlay away, unless there is something of somebody's in it. */

import { join } from 'node:path'
import { parseEnv } from '../env/document.js'
import { findSections } from '../merge/sections.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import type { Save } from '../save/save.js'
import { saveAll } from '../save/save-all.js'
import { overlayOf } from '../workspace/instances.js'
import type { EnvRun } from './env-run.js'
import type { ExitCode } from './host.js'
import { reportProblems } from './program.js'

/** Removes the overlays of the instance from the products. */
export function remove({ host, workspace, options, products, instance, problems: found }: EnvRun): ExitCode {
  const problems: Problem[] = [...found]
  const removals: Save[] = []
  for (const { source } of products) {
    // The command line sees to it that --remove has one.
    const name = instance as string
    const overlay = overlayOf(workspace, source.name, name)
    const { file } = overlay
    problems.push(...overlay.problems)
    if (overlay.state !== 'ours') {
      // Among all products, one without the instance is nothing to stop for.
      if (options.all) continue
      const next = 'product list shows the instances.'
      problems.push(problem('no-instance', { file }, `product ${source.name} has no instance ${name}`, next))
    } else if (holdsOnlySections(overlay.text ?? ''))
      removals.push({ path: join(workspace.root, file), file, before: overlay.text, after: null })
    else {
      const next = 'Save what you need of it, then delete the file yourself.'
      problems.push(problem('hand-edited', { file }, 'somebody has edited it, so it is not removed', next))
    }
  }
  // With an error, nothing at all is removed.
  const failed = hasErrors(problems) ? [] : saveAll(removals)
  problems.push(...failed)
  if (!hasErrors(problems) && !options.quiet)
    for (const { file } of removals) host.stdout(`${file} removed\n`)
  const isNowhere = removals.length === 0 && !hasErrors(problems)
  if (isNowhere && !options.quiet) host.stdout(`no product has an instance ${instance}: nothing to remove\n`)
  return reportProblems(host, problems)
}

/** Nothing but sections that the tool wrote, and blank lines. */
function holdsOnlySections(text: string): boolean {
  const { sections } = findSections(parseEnv(text))
  let rest = ''
  let at = 0
  for (const { start, end, untouched } of sections) {
    if (!untouched) return false
    rest += text.slice(at, start)
    at = end
  }
  return (rest + text.slice(at)).trim() === ''
}
