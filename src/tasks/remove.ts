/** Removes the overlays of instances. */
import { parseEnv } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import { findSections } from '../merge/sections.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { overlayOf } from '../workspace/instances.js'
import { loadProduct } from '../workspace/product.js'
import type { Workspace } from '../workspace/workspace.js'
import { savesOf } from './changes.js'

/**
 * Removes the overlays of an instance: all of them, or none. One that was edited by hand is not removed.
 * @param options skip leaves out products without the instance, which are errors otherwise
 * @returns the removed files
 */
export async function removeInstances(
  workspace: Workspace,
  names: readonly string[],
  instance: string,
  { skip = false }: { readonly skip?: boolean } = {},
): Promise<{ readonly removed: readonly string[]; readonly problems: readonly Problem[] }> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const problems = [...workspace.problems, ...products.flatMap((product) => product.problems)]
  const removals: FileChange[] = []
  for (const { source } of products) {
    const { file, text, state, problems: unread } = overlayOf(workspace, source.name, instance)
    problems.push(...unread)
    if (state !== 'ours') {
      if (skip) continue
      const message = `Product ${source.name} has no instance ${instance}`
      problems.push(problem('no-instance', { file }, message, 'List the instances with product list.'))
    } else if (holdsOnlySections(text ?? '')) removals.push({ file, before: text, after: null })
    else {
      const next = 'Save what you need of it, then delete the file yourself.'
      problems.push(
        problem('hand-edited', { file }, 'This file was edited by hand, so it is not removed', next),
      )
    }
  }
  if (!hasErrors(problems)) problems.push(...saveAll(savesOf(workspace, removals)))
  return { removed: hasErrors(problems) ? [] : removals.map(({ file }) => file), problems }
}

/** Returns true for a text of unedited sections and blank lines. */
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
