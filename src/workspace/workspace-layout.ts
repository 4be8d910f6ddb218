/**
 * The layout of a workspace:
 *
 *     features/<feature>/.env.example  compose.yaml
 *     products/<product>/product.yaml  .env.example  compose.yaml  .env  .env.<instance>
 *     workspace.yaml
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, problem } from '../problem.js'
import { foldersIn, isFolder } from './files.js'
import { COMPOSE_FILES, type Layout, NAME_PATTERN, templateNames, yamlNames } from './layout.js'
import { NAMES_ARE } from './names.js'

const FEATURES = 'features'
const PRODUCTS = 'products'
const NAME = new RegExp(NAME_PATTERN)

/** Returns true if a folder is the root of a workspace. */
export function isWorkspace(folder: string): boolean {
  return isFolder(join(folder, FEATURES)) && isFolder(join(folder, PRODUCTS))
}

/** @param root absolute */
export function workspaceLayout(root: string): Layout {
  const places = (folder: string) => ({
    folder,
    templates: (environment: Parameters<typeof templateNames>[0]) =>
      templateNames(environment).map((name) => `${folder}/${name}`),
    composeFiles: COMPOSE_FILES.map((name) => `${folder}/${name}`),
  })
  return {
    kind: 'workspace',
    settings: yamlNames('workspace'),
    list: () => {
      const products = namesIn(root, PRODUCTS)
      const features = namesIn(root, FEATURES)
      const problems = [...products.problems, ...features.problems]
      return { products: products.names, features: features.names, problems }
    },
    product: (name) => {
      const folder = `${PRODUCTS}/${name}`
      return {
        ...places(folder),
        settings: yamlNames(`${folder}/product`),
        env: `${folder}/.env`,
        overlay: (instance) => `${folder}/.env.${instance}`,
      }
    },
    feature: (name) => {
      const folder = `${FEATURES}/${name}`
      return { ...places(folder), hostDir: join(root, folder) }
    },
    productAt: (path) => nameAt(PRODUCTS, path),
    featureAt: (path) => nameAt(FEATURES, path),
  }
}

function nameAt(parent: string, path: string): string | null {
  const [first, name] = path.split('/', 2)
  return first === parent && name !== undefined ? name : null
}

/** The folders whose names are valid, and problems of the others. */
function namesIn(root: string, parent: string): { names: string[]; problems: Problem[] } {
  const { names, problem } = foldersIn(join(root, parent), parent)
  const problems = problem === null ? [] : [problem]
  problems.push(...names.flatMap((name) => skippedFolder(root, parent, name) ?? []))
  return { names: names.filter((name) => NAME.test(name)), problems }
}

/** A problem if a folder looks like a product or feature except for its name. A leading dot hides it on purpose. */
function skippedFolder(root: string, parent: string, name: string): Problem | null {
  if (NAME.test(name) || name.startsWith('.')) return null
  const known = [...templateNames(null), ...yamlNames('product'), ...COMPOSE_FILES]
  const found = known.find((file) => existsSync(join(root, parent, name, file)))
  if (found === undefined) return null
  const message = `This folder contains ${found} but is skipped, because ${JSON.stringify(name)} is not a valid name`
  return problem('skipped-folder', { file: `${parent}/${name}` }, message, `Rename it. ${NAMES_ARE}`)
}
