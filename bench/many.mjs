/** Makes workspaces of many products, and of many features. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FEATURES = 20
const PORTS = 3
/** No offset below 1000 moves a feature's port onto another one's. */
const APART = 1000

/**
 * Makes a workspace of unmerged products that share 20 features with 3 host ports each.
 */
export function makeProducts(root, products) {
  const names = Array.from({ length: FEATURES }, (_, index) => `f${String(index).padStart(2, '0')}`)
  for (const [index, name] of names.entries()) writeFeature(root, name, 2000 + index * PORTS * APART, APART)
  const includes = names.map((name) => `  - ../../features/${name}/compose.yaml\n`).join('')
  for (let index = 0; index < products; index++) {
    const folder = join(root, 'products', `product-${String(index).padStart(4, '0')}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'product.yaml'), `features: [${names.join(', ')}]\n`)
    writeFileSync(join(folder, 'compose.yaml'), `include:\n${includes}`)
  }
}

/** Makes a workspace of many features and no product. */
export function makeFeatures(root, features) {
  mkdirSync(join(root, 'products'), { recursive: true })
  for (let index = 0; index < features; index++) {
    writeFeature(root, `f${String(index).padStart(4, '0')}`, 2000 + index * PORTS, 1)
  }
}

/** @param step from one of its base ports to the next */
function writeFeature(root, name, base, step) {
  const folder = join(root, 'features', name)
  mkdirSync(folder, { recursive: true })
  const variables = Array.from({ length: PORTS }, (_, index) => `${name.toUpperCase()}_${index}_HOST_PORT`)
  const lines = variables.map(
    (variable, index) => `# Port ${index} of ${name}\n${variable}=${base + index * step}\n`,
  )
  writeFileSync(join(folder, '.env.example'), lines.join('\n'))
  const ports = variables.map((variable, index) => `      - "\${${variable}}:${8000 + index}"\n`).join('')
  writeFileSync(
    join(folder, 'compose.yaml'),
    `services:\n  ${name}:\n    image: ${name}:1\n    ports:\n${ports}`,
  )
}
