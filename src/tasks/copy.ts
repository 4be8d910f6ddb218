/** Plans a copy of a product: its ports, its names, and the files that a merge writes for it. */
import { join, relative, resolve, sep } from 'node:path'
import type { ReadText } from '../compose/load.js'
import type { PublishedPort } from '../compose/published.js'
import { assignmentText, planCopy } from '../copies/plan.js'
import type { Change, CopyPlan, Edit, TakenPort } from '../copies/source.js'
import { decode, encode } from '../env/bytes.js'
import type { FileChange } from '../file-change.js'
import { overlaySection } from '../merge/overlay.js'
import type { ProductPlan } from '../merge/plan.js'
import { composeProjectName } from '../merge/project-name.js'
import { splitCopySection, writeSection } from '../merge/sections.js'
import { hasErrors, type Problem, problem } from '../problem.js'
import { composeFiles, missingFiles, nameOf, readComposeProject } from '../workspace/compose.js'
import {
  type CopyPlace,
  generatedOverrides,
  isIsolated,
  overrideFile,
  ownOverride,
  readFromOriginal,
} from '../workspace/copies.js'
import { isFile, isFolder, readText } from '../workspace/files.js'
import { type Checkout, originalFolder, readCheckout } from '../workspace/git.js'
import { overlayOf } from '../workspace/instances.js'
import type { LoadedProduct } from '../workspace/product.js'
import { readFile, type Workspace } from '../workspace/workspace.js'
import { otherFootprints } from './footprints.js'

export interface PlannedCopy {
  /** `blue` of `shop@blue`; the product itself if it is isolated. */
  readonly name: string
  readonly kind: CopyPlace['kind']
  /** Its Compose project. */
  readonly project: string
  /** In ports: how far the original's ports are moved. */
  readonly offset: number
  /** The folder of the original; null if it is not known. */
  readonly original: string | null
  readonly changes: readonly Change[]
  readonly envFile: string
  /** The options with which Compose is run in the product's folder; none if it finds the env file by itself. */
  readonly options: readonly string[]
  /** The variables that its env file sets. */
  readonly variables: readonly string[]
  /** Null if it needs none. */
  readonly override: string | null
  /** Files that git does not bring along, copied from the original. */
  readonly brought: readonly string[]
  /** The file that keeps `ignored` out of git; null outside of git. */
  readonly exclude: string | null
  /** The override, and the env file where the copy creates it. */
  readonly ignored: readonly string[]
  /** What the copy is compared with. */
  readonly proof: {
    /** Those of the original. */
    readonly files: readonly string[]
    readonly directory: string
    /** The product env without what the copy sets; a byte string. */
    readonly env: string
    readonly edits: readonly Edit[]
    readonly ports: readonly TakenPort[]
    /** Where Compose is run. */
    readonly folder: string
  }
  /** All files that a merge writes, the product env included. */
  readonly files: readonly FileChange[]
}

interface Planned {
  /** Null if an error keeps it from being made. */
  readonly copy: PlannedCopy | null
  readonly problems: readonly Problem[]
}

/** Plans a copy. @param base the merge of the product itself, without errors */
export async function planProductCopy(
  workspace: Workspace,
  { source, settings }: LoadedProduct,
  base: ProductPlan,
  place: CopyPlace,
): Promise<Planned> {
  const { name, kind } = place
  const { layout, root } = workspace
  const product = source.name
  const owner = overlaySection(product, name)
  const { env, folder, overlay } = layout.product(product)
  const isInstance = kind === 'instance'
  const target = isInstance ? overlay(name) : env
  const text = base.after ?? ''
  const setFiles = base.values.get('COMPOSE_FILE') ?? ''
  const found = composeFiles(workspace, product, (key) => base.values.get(key))
  const missing = missingFiles(found, { file: env })
  // Without a Compose file there is nothing to copy.
  if (found.files.length === 0) return { copy: null, problems: [...found.problems, ...missing] }
  const files = found.files.filter((file) => ownOverride(workspace, file) === null)
  const isListed = isInstance || setFiles !== '' || files.length > 1
  const override = overrideFile(isListed ? folder : found.directory, name, isListed)
  const separator = decode(base.values.get('COMPOSE_PATH_SEPARATOR') ?? ':')
  const brought = new Set<string>()
  const isOff = kind === 'isolated' && !isIsolated(workspace, settings)
  const plan = isOff
    ? NOTHING
    : planCopy({
        name,
        product,
        ...projectNames(workspace, base, files, found.directory, place),
        ...(kind === 'isolated' ? { isolated: { keeps: (port) => hasPortVariable(base, port) } } : {}),
        offset: {
          stated: kind === 'isolated' ? base.offset.value : settings.instances?.[name]?.offset,
          modulus: workspace.modulus,
        },
        files,
        directory: found.directory,
        parsed: workspace.parsed,
        readText: reader(workspace, env, text, brought),
        env: { file: env, text },
        shell: new Map(),
        paths: hostPaths(root, folder, kind),
        override: { file: override, isDefault: !isListed },
        listed:
          setFiles === '' ? files.map((file) => relative(folder, file)) : decode(setFiles).split(separator),
        separator,
        taken: await otherFootprints(workspace, product, place),
      })
  const blocked = blockers(workspace, product, target, override)
  const problems = [...found.problems, ...missing, ...plan.problems, ...blocked]
  if (hasErrors(problems)) return { copy: null, problems }
  const section = sectionText(owner, env, plan, text)
  const copies = [...brought].map((file) => ({
    file,
    after: readFromOriginal(workspace, file)?.text ?? null,
  }))
  const wanted = [
    { file: target, after: isInstance ? section : joined(text, section) },
    ...generatedOverrides(workspace, product, target)
      .filter(({ file, untouched }) => untouched && (file !== override || plan.override === null))
      .map(({ file }) => ({ file, after: null })),
    ...(plan.override === null ? [] : [{ file: override, after: plan.override }]),
    ...copies,
  ]
  const changes = wanted.map((each) => ({ ...each, before: readFile(workspace, each.file).text }))
  const ignored = changes
    .filter(
      ({ file, before, after }) =>
        after !== null &&
        (file === override || (kind !== 'isolated' && file === target && before === null && after !== '')),
    )
    .map(({ file }) => file)
  const exclude = ignored.length === 0 ? null : excludeFile(readCheckout(root))
  return {
    copy: {
      name,
      kind,
      project: plan.project,
      offset: plan.offset,
      original: originalName(root, kind),
      changes: plan.changes,
      envFile: target,
      options: isInstance ? envFileOptions(base.after, name) : [],
      variables: plan.assignments.map(({ key }) => key),
      override: plan.override === null ? null : override,
      brought: copies.map(({ file }) => file),
      exclude: exclude === null ? null : relative(root, exclude),
      ignored,
      proof: {
        files,
        directory: found.directory,
        env: text,
        edits: plan.changes.flatMap((change) => change.edits),
        ports: plan.footprint?.ports ?? [],
        folder,
      },
      files: base.after === null && section === '' ? changes.slice(1) : changes,
    },
    problems,
  }
}

/** Removes what an earlier merge has generated for a product that is no longer isolated. */
const NOTHING: CopyPlan = {
  project: '',
  offset: 0,
  changes: [],
  assignments: [],
  override: null,
  problems: [],
  footprint: null,
}

/** The options with which Compose reads an instance. @param env the product env; null if there is none */
export function envFileOptions(env: string | null, name: string): string[] {
  return ['--env-file', ...(env === null ? [] : ['.env', '--env-file']), `.env.${name}`]
}

function hasPortVariable({ entries }: ProductPlan, { references }: PublishedPort): boolean {
  const ports = new Set(entries.flatMap(({ key, shift, ownPort }) => (shift !== null || ownPort ? key : [])))
  return references.some(({ name }) => ports.has(name))
}

/** The Compose projects of the original and of the copy. */
function projectNames(
  workspace: Workspace,
  { product, values }: ProductPlan,
  files: readonly string[],
  directory: string,
  { name, kind }: CopyPlace,
): { original: string; project: string } {
  const isPinned = files.some((file) => /^["']?name\b/m.test(readFile(workspace, file).text ?? ''))
  const pinned = isPinned ? readComposeProject(workspace, files, values, directory).name?.text : undefined
  const root = originalFolder(workspace.root) ?? workspace.root
  const original = nameOf({ root }, values, pinned, directory)
  // A name that another product has too does not depend on the project.
  if (kind === 'isolated') return { original: 'another-product', project: original }
  // A project is named after its repository where its folder is called `docker` or the like.
  const isSet = pinned !== undefined || values.has('COMPOSE_PROJECT_NAME')
  const base = workspace.layout.kind === 'project' && !isSet ? product : original
  return { original, project: composeProjectName(`${base}-${name}`) }
}

/** Reads files as the copy will have them: those that git ignores come from the original, and are listed in `brought`. */
function reader(workspace: Workspace, env: string, text: string, brought: Set<string>): ReadText {
  return (path) => {
    if (path === env) return decode(text)
    const own = readFile(workspace, path)
    if (own.text !== null) return decode(own.text)
    if (own.problems[0] !== undefined) return { why: own.problems[0].message.replace(/^This file /, '') }
    const original = readFromOriginal(workspace, path)?.text ?? null
    if (original === null) return null
    brought.add(path)
    return decode(original)
  }
}

function hostPaths(root: string, folder: string, kind: CopyPlace['kind']) {
  const top = kind === 'isolated' ? root : (readCheckout(root)?.top ?? root)
  const own = kind === 'checkout' ? top : join(root, folder)
  return {
    kindOf: (path: string) => {
      const full = resolve(root, path)
      return isFile(full) ? ('file' as const) : isFolder(full) ? ('folder' as const) : ('none' as const)
    },
    placeOf: (path: string) => {
      const full = `${resolve(root, path)}${sep}`
      if (kind !== 'instance' && full.startsWith(`${own}${sep}`)) return 'own' as const
      return full.startsWith(`${top}${sep}`) ? ('shared-checkout' as const) : ('outside' as const)
    },
  }
}

/** Files that the copy would be written to, but that hold somebody's own text. */
function blockers(workspace: Workspace, product: string, target: string, override: string): Problem[] {
  const { env } = workspace.layout.product(product)
  const problems: Problem[] = []
  const { text } = readFile(workspace, override)
  const mark = ownOverride(workspace, override)
  if (text !== null && mark === null) problems.push(foreign(override))
  else if (mark?.untouched === false) problems.push(edited(override))
  if (target === env) {
    const { section } = splitCopySection(readFile(workspace, env).text ?? '')
    if (section?.untouched === false) problems.push(edited(env))
  } else {
    const overlay = overlayOf(workspace, product, target.slice(env.length + 1))
    if (overlay.state === 'foreign') problems.push(foreign(target))
    else if (overlay.state === 'ours') {
      const { section, text: rest } = splitCopySection(overlay.text ?? '')
      if (section?.untouched !== true || rest.trim() !== '') problems.push(edited(target))
    }
  }
  return problems
}

function foreign(file: string): Problem {
  const message = 'This file was not generated by product-env, so it is not overwritten'
  return problem('foreign-file', { file }, message, 'Give the copy another name, or rename the file.')
}

function edited(file: string): Problem {
  const message = 'The generated part of this file was edited by hand, so it is not overwritten'
  const next = 'Move your lines elsewhere and remove the generated part, then merge again.'
  return problem('hand-edited', { file }, message, next)
}

function sectionText(owner: string, env: string, { assignments }: CopyPlan, like: string): string {
  if (assignments.length === 0) return ''
  const eol = like.includes('\r\n') ? '\r\n' : '\n'
  return writeSection(owner, env, assignmentText(assignments).replaceAll('\n', eol), eol)
}

function joined(text: string, section: string): string {
  return section === '' || text === '' || text.endsWith('\n') ? text + section : `${text}\n${section}`
}

/** The file that keeps generated files out of git, for this repository on this machine only (gitignore(5)). */
function excludeFile(checkout: Checkout | null): string | null {
  const info = checkout === null ? null : join(checkout.gitDir, 'info')
  return info !== null && isFolder(info) ? join(info, 'exclude') : null
}

/** Adds files to it. @returns null if all of them are in it already */
export function excludeChange({ root }: Workspace, files: readonly string[]): FileChange | null {
  const checkout = readCheckout(root)
  const path = excludeFile(checkout)
  if (checkout === null || path === null) return null
  const file = relative(root, path)
  const { text: before } = readText(path, file)
  const known = before?.split(/\r?\n/) ?? []
  const lines = files
    .map((each) => encode(`/${relative(checkout.top, join(root, each)).split(sep).join('/')}`))
    .filter((line) => !known.includes(line))
  if (lines.length === 0) return null
  return { file, before, after: joined(before ?? '', `${lines.join('\n')}\n`) }
}

function originalName(root: string, kind: CopyPlace['kind']): string | null {
  if (kind !== 'checkout') return '.'
  const folder = originalFolder(root)
  return folder === null || !isFolder(folder) ? null : relative(root, folder)
}
