/** Removes instances and copies. */
import { parseEnv } from '../env/document.js'
import type { FileChange } from '../file-change.js'
import type { Machine } from '../live/machine.js'
import { withoutOffset } from '../merge/local-offset.js'
import { findSections, splitCopySection, textOutside } from '../merge/sections.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { saveAll } from '../save/save-all.js'
import { generatedOverrides } from '../workspace/copies.js'
import { overlayOf } from '../workspace/instances.js'
import { loadProduct } from '../workspace/product.js'
import { readFile, type Workspace } from '../workspace/workspace.js'
import { savesOf } from './changes.js'
import { containersLeft } from './stacks.js'
import { type SurveyedOwner, surveyProducts } from './survey.js'

interface RemoveOptions {
  readonly skip?: boolean
  readonly dryRun?: boolean
  readonly machine?: Machine
}

/**
 * Removes the generated files of an instance, or of the copies in this checkout: all of them, or none. What was edited by
 * hand is not removed.
 * @param instance null for the copies in this checkout
 * @param options skip leaves out products without one, which are errors otherwise; dryRun removes nothing; the engine of
 * machine is asked for containers that are still there
 * @returns the files that lose their text, or would lose it in a dry run
 */
export async function removeInstances(
  workspace: Workspace,
  names: readonly string[],
  instance: string | null,
  { skip = false, dryRun = false, machine }: RemoveOptions = {},
): Promise<{ readonly removed: readonly string[]; readonly problems: readonly Problem[] }> {
  const products = await Promise.all(names.map((name) => loadProduct(workspace, name)))
  const problems = [...workspace.problems, ...products.flatMap((product) => product.problems)]
  const removals: FileChange[] = []
  for (const { source } of products) {
    const found =
      instance === null
        ? copyRemovals(workspace, source.name)
        : instanceRemovals(workspace, source.name, instance)
    if (found.length === 0 && !skip) problems.push(noneToRemove(workspace, source.name, instance))
    for (const each of found) {
      if ('code' in each) problems.push(each)
      else removals.push(each)
    }
  }
  if (!hasErrors(problems) && removals.length > 0 && machine !== undefined) {
    // Read now: afterwards, nothing knows the project's name.
    const { owners } = await surveyProducts(workspace, names)
    const gone = owners.filter((owner) => owner.instance !== null && isRemoved(owner, owners, instance))
    problems.push(...(await containersLeft(workspace, gone, machine)))
  }
  if (!hasErrors(problems) && !dryRun) problems.push(...saveAll(savesOf(workspace, removals)))
  return { removed: hasErrors(problems) ? [] : removals.map(({ file }) => file), problems }
}

/** Returns true for the instance of that name, or for the copy that a product is in this checkout. */
function isRemoved(owner: SurveyedOwner, owners: readonly SurveyedOwner[], instance: string | null): boolean {
  // The product itself comes before its instances.
  const isOwn = owners.find(({ product }) => product === owner.product) === owner
  return instance === null ? isOwn : !isOwn && owner.instance === instance
}

function instanceRemovals(workspace: Workspace, product: string, instance: string): (FileChange | Problem)[] {
  const { file, text, state, problems } = overlayOf(workspace, product, instance)
  if (state !== 'ours') return [...problems]
  if (!holdsOnlySections(text ?? '')) return [edited(file)]
  return [{ file, before: text, after: null }, ...overrideRemovals(workspace, product, file)]
}

function copyRemovals(workspace: Workspace, product: string): (FileChange | Problem)[] {
  const { env } = workspace.layout.product(product)
  const { text: before } = readFile(workspace, env)
  const { text: rest, section } = splitCopySection(before ?? '')
  // It is the copy's.
  const after = withoutOffset(rest)
  const overrides = overrideRemovals(workspace, product, env)
  if (section?.untouched === false) return [edited(env), ...overrides]
  const isCopy = section !== null || overrides.length > 0
  if (!isCopy || after === (before ?? '')) return overrides
  return [{ file: env, before, after: after === '' ? null : after }, ...overrides]
}

function overrideRemovals(workspace: Workspace, product: string, env: string): (FileChange | Problem)[] {
  return generatedOverrides(workspace, product, env).map(({ file, untouched }) =>
    untouched ? { file, before: readFile(workspace, file).text, after: null } : edited(file),
  )
}

function noneToRemove({ layout }: Workspace, product: string, instance: string | null): Problem {
  const { env, overlay } = layout.product(product)
  if (instance === null) {
    const message = `${product} is not a copy in this folder, so it has no generated files to remove`
    return problem('no-instance', { file: env }, message, 'Name an instance: --instance blue.')
  }
  const message = `Product ${product} has no instance ${instance}`
  return problem('no-instance', { file: overlay(instance) }, message, 'List the instances with product list.')
}

function edited(file: string): Problem {
  const next = 'Save what you need of it, then remove it yourself.'
  return problem('hand-edited', { file }, 'This file was edited by hand, so it is not removed', next)
}

/** Returns true for a text of unedited sections, blank lines and an offset. */
function holdsOnlySections(text: string): boolean {
  const { sections } = findSections(parseEnv(text))
  return (
    sections.every(({ untouched }) => untouched) && withoutOffset(textOutside(text, sections)).trim() === ''
  )
}
