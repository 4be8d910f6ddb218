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

/** Whether a file is called as a template is, or as the text that a product env starts from. */
export function isTemplate(file: string): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1)
  return [null, ...ENVIRONMENTS].some((environment) => name === templateName(environment))
}

export function featureFolder(feature: string): string {
  return `${FEATURES}/${feature}`
}

export function productFolder(product: string): string {
  return `${PRODUCTS}/${product}`
}

/** A file of a product. */
export function productFile(product: string, name: string): string {
  return `${productFolder(product)}/${name}`
}
