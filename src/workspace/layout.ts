/**
 * Where things are, relative to the workspace, with `/`:
 *
 *     features/<feature>/.env.example  compose.yaml
 *     products/<product>/product.yaml  .env.example  compose.yaml  .env  .env.<instance>
 *     workspace.yaml
 */

/** The folder that holds all features. */
export const FEATURES = 'features'
/** The folder that holds all products. */
export const PRODUCTS = 'products'

/** The environments that may have a template of their own. */
export const ENVIRONMENTS = ['dev', 'prod'] as const

/** What a template is called. @param environment null for the one of all environments */
export function templateName(environment: string | null): string {
  return environment === null ? '.env.example' : `.env.${environment}.example`
}

/** What Compose files are called, in Compose's own order of preference. */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

/** What a Compose file is called that overrides one of these. */
export const COMPOSE_OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** Folders in which people look for the files of a feature or product, and the tool does not. */
const OTHER_FOLDERS = /^\.?(docker|compose|config|conf|deploy|deployment|env|envs|environments|infra)$/

export function mayHoldSources(folder: string): boolean {
  return OTHER_FOLDERS.test(folder)
}

const SAMPLE = /^(example|sample|dist|template|tmpl|tpl)$/

/** What a file is by its name, be it one that is read or not. */
export function sourceKind(name: string): 'template' | 'compose' | null {
  const words = name.split(/[._-]+/).filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  const isSample = words.some((word) => SAMPLE.test(word))
  if (/(^|[._-])compose([._-].*)?\.ya?ml$/.test(name)) return isSample ? null : 'compose'
  // Not `env.js.dist`, which is a program's.
  const isEnv =
    words.some((word) => word === 'env' || word === 'dotenv') &&
    !/^(\w?js|ts|php|json|ya?ml)$/.test(words.at(-2) ?? '')
  return isEnv && (SAMPLE.test(last) || (isSample && last === 'env' && words.length === 2))
    ? 'template'
    : null
}

/** Whether a file is called as a template is, or as the text that a product env starts from. */
export function isTemplate(name: string): boolean {
  return [null, ...ENVIRONMENTS].some((environment) => name === templateName(environment))
}

/** Returns true for a product env and for the overlay of an instance. */
export function isProductEnv(file: string): boolean {
  const [folder, , name = ''] = file.split('/')
  return folder === PRODUCTS && /^\.env(?:$|\.)/.test(name) && !isTemplate(name)
}

export function featureFolder(feature: string): string {
  return `${FEATURES}/${feature}`
}

export function productFolder(product: string): string {
  return `${PRODUCTS}/${product}`
}

/** The product of a folder; null for a feature's. */
export function productAt(folder: string): string | null {
  return folder.startsWith(`${PRODUCTS}/`) ? folder.slice(PRODUCTS.length + 1) : null
}

/** A file of a product. */
export function productFile(product: string, name: string): string {
  return `${productFolder(product)}/${name}`
}
