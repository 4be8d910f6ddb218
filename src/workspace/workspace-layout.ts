/**
 * The default layout of a workspace; `workspace.yaml` can set other folders and names:
 *
 *     features/<feature>/.env.example  compose.yaml
 *     products/<product>/product.yaml  .env.example  compose.yaml  .env  .env.<instance>
 */
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { foldersIn, isFolder, readText } from './files.js'
import { COMPOSE_FILES, type Layout, placesIn, templateTest, yamlNames } from './layout.js'
import { isName, NAMES_ARE } from './names.js'
import { remembered } from './remembered.js'
import type { WorkspaceSettings } from './settings.js'

const FEATURES = ['features/*']
const PRODUCTS = ['products/*']
const TEMPLATES = ['.env.example']
const SETTINGS = yamlNames('workspace')

/** Returns true if a folder has the default folders of a workspace, or a `workspace.yaml` that sets others. */
export function isWorkspace(folder: string): boolean {
  if (isFolder(join(folder, 'features')) && isFolder(join(folder, 'products'))) return true
  // Other tools have files of that name too.
  return SETTINGS.some((file) =>
    /^(?:features|products):/m.test(readText(join(folder, file), file).text ?? ''),
  )
}

/** @param root absolute */
export function workspaceLayout(root: string, settings: WorkspaceSettings = {}): Layout {
  const { features = FEATURES, products = PRODUCTS } = settings
  const templates = [...(settings.templates ?? []), ...TEMPLATES]
  let found: { readonly products: Found; readonly features: Found } | undefined
  const lookUp = () => {
    found ??= { products: foldersOf(root, products), features: foldersOf(root, features) }
    return found
  }
  return {
    kind: 'workspace',
    settings: SETTINGS,
    isTemplate: templateTest(templates),
    list: () => {
      const { products, features } = lookUp()
      const names = ({ folders }: Found) => [...folders.keys()].sort()
      const problems = [...products.problems, ...features.problems]
      return { products: names(products), features: names(features), problems }
    },
    product: remembered((name) => {
      const folder = lookUp().products.folders.get(name) ?? newFolder(products, PRODUCTS, name)
      return {
        // Without COMPOSE_FILE, `docker compose` finds no other name.
        ...placesIn(folder, templates, COMPOSE_FILES),
        settings: yamlNames(`${folder}/product`),
        env: `${folder}/.env`,
        overlay: (instance) => `${folder}/.env.${instance}`,
      }
    }),
    feature: remembered((name) => {
      const folder = lookUp().features.folders.get(name) ?? newFolder(features, FEATURES, name)
      return {
        ...placesIn(folder, templates, [...(settings.composeFiles ?? []), ...COMPOSE_FILES]),
        settings: yamlNames(`${folder}/feature`),
        hostDir: join(root, folder),
      }
    }),
    productAt: remembered((path) => nameAt(products, path)),
    featureAt: remembered((path) => nameAt(features, path)),
  }
}

function newFolder(patterns: readonly string[], [fallback = '']: readonly string[], name: string): string {
  const pattern = patterns.find((each) => each.split('*').length === 2) ?? fallback
  return pattern.replace('*', name)
}

function nameAt(patterns: readonly string[], path: string): string | null {
  const segments = path.split('/')
  for (const pattern of patterns) {
    const wanted = pattern.split('/')
    const matches = wanted.every(
      (each, index) => each === segments[index] || (each === '*' && segments[index]),
    )
    if (matches) return segments[nameIndex(wanted)] as string
  }
  return null
}

/** The name is the last `*` or, without one, the last segment. */
function nameIndex(pattern: readonly string[]): number {
  const last = pattern.lastIndexOf('*')
  return last === -1 ? pattern.length - 1 : last
}

interface Found {
  /** By name, relative to the workspace. */
  readonly folders: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

function foldersOf(root: string, patterns: readonly string[]): Found {
  const folders = new Map<string, string>()
  const problems: Problem[] = []
  for (const pattern of patterns) {
    const wanted = pattern.split('/')
    const matches = matchesOf(root, wanted)
    problems.push(...matches.problems)
    for (const folder of matches.folders) {
      const name = folder.split('/')[nameIndex(wanted)] as string
      const other = folders.get(name)
      const skipped = isName(name) ? null : skippedFolder(root, folder, name)
      if (skipped !== null) problems.push(skipped)
      else if (other !== undefined && other !== folder) {
        const message = `This folder is skipped, because ${other} is called ${name} too`
        problems.push(problem('skipped-folder', { file: folder }, message, 'Rename one of the two.'))
      } else if (isName(name)) folders.set(name, folder)
    }
  }
  return { folders, problems }
}

/** The folders that match a pattern, in which `*` is one segment that does not start with a dot. */
function matchesOf(root: string, pattern: readonly string[]): { folders: string[]; problems: Problem[] } {
  const problems: Problem[] = []
  const folders = pattern.reduce<string[]>(
    (parents, segment) => {
      return parents.flatMap((parent) => {
        const folder = posix.join(parent, segment)
        if (segment !== '*') return isFolder(join(root, folder)) ? [folder] : []
        const { names, problem } = foldersIn(join(root, parent), parent)
        if (problem !== null) problems.push(problem)
        return names.filter((name) => !name.startsWith('.')).map((name) => posix.join(parent, name))
      })
    },
    ['.'],
  )
  return { folders, problems }
}

/** Returns a problem if a folder with an invalid name looks like a product or feature. */
function skippedFolder(root: string, folder: string, name: string): Problem | null {
  const known = [...TEMPLATES, ...yamlNames('product'), ...COMPOSE_FILES]
  const found = known.find((file) => existsSync(join(root, folder, file)))
  if (found === undefined) return null
  const message = `This folder contains ${found} but is skipped, because ${JSON.stringify(name)} is not a valid name`
  return problem('skipped-folder', { file: folder }, message, `Rename it. ${NAMES_ARE}`)
}
