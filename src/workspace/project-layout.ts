/** The layout of a Compose project on its own: one product without features, with its `.env.example` as the template. */
import { basename, isAbsolute, join, relative } from 'node:path'
import { composeProjectName } from '../merge/project-name.js'
import { isFile, readText } from './files.js'
import { originalFolder, readCheckout, repositoryFolder } from './git.js'
import { COMPOSE_FILES, type Layout, placesIn, templateTest, yamlNames } from './layout.js'

const TEMPLATES = ['.env.example', '.env.sample', '.env.template', '.env.dist', 'env.example', 'example.env']

/** Folder names that many projects have. */
const MEANINGLESS =
  /^\.?(?:docker|docker-?compose|compose|containers?|deploy|deployments?|infra|infrastructure|dev|local|ops)$/i

/** Returns true if a folder has a Compose file, or a `.env` that sets COMPOSE_FILE; a worktree may not have it yet. */
export function isProject(folder: string): boolean {
  if (COMPOSE_FILES.some((file) => isFile(join(folder, file)))) return true
  const setsFiles = (at: string) => SETS_FILES.test(readText(join(at, '.env'), '.env').text ?? '')
  if (isFile(join(folder, '.env'))) return setsFiles(folder)
  const original = originalFolder(folder)
  return original !== null && setsFiles(original)
}

const SETS_FILES = /^\s*(?:export\s+)?COMPOSE_FILE\s*=/m

/** @param root absolute */
export function projectLayout(root: string): Layout {
  const name = projectNameOf(root)
  return {
    kind: 'project',
    settings: [],
    isTemplate: templateTest(TEMPLATES),
    fixed: {
      message: `${name} is a Compose project on its own, which has no features`,
      next: 'Create features/ and products/ in a folder above it to share features between products.',
    },
    hasOtherFiles: true,
    list: () => ({ products: [name], features: [], problems: [] }),
    product: () => ({
      ...placesIn('.', TEMPLATES, COMPOSE_FILES),
      settings: yamlNames('product'),
      env: '.env',
      overlay: (instance) => `.env.${instance}`,
      mergesExample: true,
    }),
    feature: (feature) => ({
      ...placesIn(`features/${feature}`, TEMPLATES, COMPOSE_FILES),
      settings: yamlNames(`features/${feature}/feature`),
      hostDir: join(root, 'features', feature),
    }),
    productAt: (path) => (/^\.\.(?:\/|$)/.test(path) || isAbsolute(path) ? null : name),
    featureAt: () => null,
  }
}

/** Compose's name for the folder, or for the repository if many have that name. All worktrees have the main one's. */
function projectNameOf(root: string): string {
  const checkout = readCheckout(root)
  const top = checkout === null ? root : repositoryFolder(checkout)
  const folder = checkout === null ? root : join(top, relative(checkout.top, root))
  const name = MEANINGLESS.test(basename(folder)) ? basename(top) : basename(folder)
  return composeProjectName(name) || 'project'
}
