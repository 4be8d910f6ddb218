/** Plans a copy of a product: its ports, its names, and the files that a merge writes for it. */
import { basename, relative, resolve } from 'node:path'
import type { PublishedPort } from '../compose/published.js'
import { assignmentText, planCopy } from '../copies/plan.js'
import type { Change, CopyPlan, Edit, TakenPort } from '../copies/source.js'
import { decode } from '../env/bytes.js'
import type { FileChange } from '../file-change.js'
import { readOffset } from '../merge/local-offset.js'
import { overlaySection } from '../merge/overlay.js'
import type { ProductPlan } from '../merge/plan.js'
import { composeProjectName } from '../merge/project-name.js'
import { splitCopySection, writeSection } from '../merge/sections.js'
import type { TextSource } from '../merge/source.js'
import type { Offset } from '../ports/offset.js'
import { hasErrors, type Problem } from '../problem.js'
import { nameOf, readComposeProject } from '../workspace/compose.js'
import { composeFiles, missingFiles } from '../workspace/compose-files.js'
import {
  type CopyPlace,
  generatedOverrides,
  isIsolated,
  overrideFile,
  ownOverride,
  readFromOriginal,
} from '../workspace/copies.js'
import { isFolder } from '../workspace/files.js'
import { originalFolder, readCheckout } from '../workspace/git.js'
import { type LoadedProduct, offsetOf } from '../workspace/product.js'
import { readFile, type Workspace } from '../workspace/workspace.js'
import { blockers, excludeFile, hostPaths, joined, reader } from './copy-files.js'
import { otherFootprints } from './footprints.js'

export interface PlannedCopy {
  /** `blue` of `shop@blue`; the product itself if it is isolated. */
  readonly name: string
  readonly kind: CopyPlace['kind']
  /** Its Compose project. */
  readonly project: string
  /** In ports: how far the original's ports are moved. */
  readonly offset: number
  readonly offsetFrom: Offset['from']
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

/**
 * Plans a copy.
 * @param base the merge of the product itself, without errors
 * @param given the offset that the overlay of an instance is to set
 */
export async function planProductCopy(
  workspace: Workspace,
  { source, settings }: LoadedProduct,
  base: ProductPlan,
  place: CopyPlace,
  given?: number,
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
  const local = readOffset(
    isInstance ? splitCopySection(readFile(workspace, target).text ?? '').text : base.doc.text,
    target,
    offsetOf(owner, settings.instances?.[name]?.offset, workspace.modulus),
    given,
  )
  const offset = kind === 'isolated' ? base.offset : local.offset
  const plan = isOff
    ? NOTHING
    : planCopy({
        name,
        product,
        ...projectNames(workspace, base, files, found.directory, place),
        ...(kind === 'isolated' ? { isolated: { keeps: (port) => hasPortVariable(base, port) } } : {}),
        offset: {
          stated: kind !== 'isolated' && offset.from === 'crc32' ? undefined : offset.value,
          modulus: workspace.modulus,
        },
        files,
        directory: found.directory,
        parsed: workspace.parsed,
        readText: reader(workspace, env, text, brought),
        env: { file: env, text },
        paths: hostPaths(root, folder, kind),
        override: { file: override, isDefault: !isListed },
        listed:
          setFiles === '' ? files.map((file) => relative(folder, file)) : decode(setFiles).split(separator),
        separator,
        taken: await otherFootprints(workspace, product, place),
      })
  const blocked = blockers(workspace, product, target, override)
  const misfits = kind === 'isolated' ? [] : local.problems
  const problems = [...found.problems, ...missing, ...misfits, ...plan.problems, ...blocked]
  if (hasErrors(problems)) return { copy: null, problems }
  const section = sectionText(owner, env, plan, text)
  const copies = [...brought].map((file) => ({
    file,
    after: readFromOriginal(workspace, file)?.text ?? null,
  }))
  const wanted = [
    { file: target, after: joined(isInstance ? local.doc.text : text, section) },
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
      offsetFrom: offset.from,
      original: originalName(root, kind),
      changes: plan.changes,
      envFile: target,
      options: isInstance ? envFileOptions({ file: base.file, text: base.after }, name) : [],
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

/** The options with which Compose reads an instance. @param env the product env */
export function envFileOptions({ file, text }: TextSource, name: string): string[] {
  return ['--env-file', ...(text === null ? [] : [basename(file), '--env-file']), `.env.${name}`]
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
  const folder = workspace.layout.product(product).project ?? basename(resolve(root, directory))
  const original = nameOf(values, pinned, folder)
  // A name that another product has too does not depend on the project.
  if (kind === 'isolated') return { original: 'another-product', project: original }
  // A project is named after its repository where its folder is called `docker` or the like.
  const isSet = pinned !== undefined || values.has('COMPOSE_PROJECT_NAME')
  const base = workspace.layout.kind === 'project' && !isSet ? product : original
  return { original, project: composeProjectName(`${base}-${name}`) }
}

function sectionText(owner: string, env: string, { assignments }: CopyPlan, like: string): string {
  if (assignments.length === 0) return ''
  const eol = like.includes('\r\n') ? '\r\n' : '\n'
  return writeSection(owner, env, assignmentText(assignments).replaceAll('\n', eol), eol)
}

function originalName(root: string, kind: CopyPlace['kind']): string | null {
  if (kind !== 'checkout') return '.'
  const folder = originalFolder(root)
  return folder === null || !isFolder(folder) ? null : relative(root, folder)
}
