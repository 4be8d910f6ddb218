/** A product's own ports (`ports:` in product.yaml), as a template to merge. */
import { type EnvDocument, parseEnv } from '../env/document.js'
import { SCHEMES, type SchemeName } from './schemes.js'
import { MAX_PORT } from './value.js'

/** The name of their section. */
export const OWN_PORTS = '@ports'

/** Returns false for a section of other variables: the name of a feature cannot start with an `@`. */
export function isFeatureSection(name: string): boolean {
  return !name.startsWith('@')
}

/**
 * Returns the template, and a problem for each port above 65535.
 * @param ports variable → scheme, and the base port if the scheme needs one
 */
export function ownPortsTemplate(
  ports: Readonly<Record<string, { readonly scheme: SchemeName; readonly base?: number }>>,
  product: string,
  modulus: number,
): { doc: EnvDocument; problems: { key: string; message: string; next: string }[] } {
  const problems = []
  let text = ''
  for (const [key, { scheme, base }] of Object.entries(ports)) {
    const { usesBase, port } = SCHEMES[scheme]
    const number = port(product, { base: base ?? 0, modulus })
    if (number > MAX_PORT) {
      const message = `ports.${key} is ${number}, which is above ${MAX_PORT}`
      problems.push({ key, message, next: 'Lower its base.' })
    } else {
      text += `# Port of the product itself: ${scheme}(${JSON.stringify(product)})${usesBase ? ` from ${base}` : ''}\n${key}=${number}\n`
    }
  }
  return { doc: parseEnv(text), problems }
}
