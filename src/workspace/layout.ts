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
