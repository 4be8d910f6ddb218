/** Ports that a product takes from a scheme by itself (`ports:` in product.yaml), as a template to merge. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import { SCHEMES, type SchemeName } from './schemes.js'
import { MAX_PORT } from './value.js'

/** What the section of these ports is called; no name of a feature, which may not start with an `@`. */
export const OWN_PORTS = '@ports'

/** An entry of `ports:` that gives no port. */
export interface BadOwnPort {
  readonly key: string
  readonly message: string
  readonly next: string
}

/**
 * The template of a product's own ports: `PORT=12082` below a comment that says how it came about.
 * @param ports variable → scheme, and the base port for a scheme that needs one; fitting the schema of product.yaml
 */
export function ownPortsTemplate(
  ports: Readonly<Record<string, { readonly scheme: SchemeName; readonly base?: number }>>,
  product: string,
  modulus: number,
): { doc: EnvDocument; problems: BadOwnPort[] } {
  const problems: BadOwnPort[] = []
  let text = ''
  for (const [key, { scheme, base }] of Object.entries(ports)) {
    const { usesBase, port } = SCHEMES[scheme]
    const number = port(product, { base: base ?? 0, modulus })
    if (number > MAX_PORT) {
      problems.push({
        key,
        message: `ports.${key} comes to ${number}, over ${MAX_PORT}`,
        next: 'Lower its base.',
      })
    } else {
      text += `# Port of the product itself: ${scheme}(${JSON.stringify(product)})${usesBase ? ` from ${base}` : ''}\n${key}=${number}\n`
    }
  }
  return { doc: parseEnv(text), problems }
}
