/** Makes workspaces with one product, and the texts in them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PRODUCT = 'bench_app'
const MB = 1024 * 1024

/**
 * Makes a workspace with one product.
 * @param root where; made if it is not there
 * @param shape `features` × `variables`; further, where given: `productEnv` (the text of the product's own `.env`),
 *   `template` (one more feature's whole template), `listed: false` (a product without a product.yaml)
 * @returns the workspace: its folder, its product, and `fresh()`, which makes the product env as it was before any merge
 */
export function makeWorkspace(root, { features, variables, productEnv, template, listed = true }) {
  const names = Array.from({ length: features }, (_, index) => `feature-${String(index).padStart(4, '0')}`)
  for (const [index, name] of names.entries()) writeFeature(root, name, templateText(index, name, variables))
  if (template !== undefined) writeFeature(root, 'hostile', template)
  const all = template === undefined ? names : [...names, 'hostile']
  const folder = join(root, 'products', PRODUCT)
  mkdirSync(folder, { recursive: true })
  // As most people write it: one feature a line.
  if (listed)
    writeFileSync(join(folder, 'product.yaml'), `features:\n${all.map((n) => `  - ${n}\n`).join('')}`)
  const env = join(folder, '.env')
  const fresh = () => {
    rmSync(env, { force: true })
    if (productEnv !== undefined) writeFileSync(env, productEnv)
  }
  return { root, product: PRODUCT, fresh }
}

/** Makes a SPLENT workspace with one product; half of its features are editable, half are pinned. */
export function makeSplent(root, features) {
  const write = (folder, name, text) => {
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, name), text)
  }
  const references = Array.from({ length: features }, (_, index) => {
    const name = `splent_feature_${index}`
    const folder = index % 2 === 0 ? name : `.splent_cache/features/splent_io/${name}@v1.0.0`
    write(`${folder}/docker`, '.env.example', templateText(index, name, 5))
    const config = Array.from(
      { length: 5 },
      (_, key) => `# Setting ${key}\nSETTING_${index}_${key} = "${key}"\n`,
    )
    write(folder, 'pyproject.toml', `[project]\nname = "${name}"\n\n[tool.splent.config]\n${config.join('')}`)
    return index % 2 === 0 ? name : `${name}@v1.0.0`
  })
  write(`${PRODUCT}/docker`, '.env.dev.example', `SPLENT_APP=${PRODUCT}\n`)
  write(PRODUCT, 'pyproject.toml', `[tool.splent]\nfeatures = ${JSON.stringify(references)}\n`)
}

/** Returns a product env of about this size, with commented variables of ordinary length, none of them a feature's. */
export function ordinaryEnv(megabytes) {
  const line = (index) =>
    index % 10 === 0
      ? `\n# Settings of part ${index / 10}, as its own documentation names them\n`
      : `APP_SETTING_${index}="the value of setting ${index}"\n`
  return filled(megabytes * MB, line)
}

/** Texts on which a careless parser takes quadratic time. */
export const HOSTILE = {
  'blank lines before a comment': (megabytes) =>
    `${'\n'.repeat(megabytes * MB)}# the end\nLAST_HOST_PORT=8080\n`,
  'missing closing quotes': (megabytes) => unclosed(filled(megabytes * MB, (i) => `KEY_${i}="it\n`)),
  'very long lines': (megabytes) => {
    const part = (megabytes * MB) / 4
    const blanks = ' '.repeat(part)
    return `LONG=${'v'.repeat(part)}\nBLANKS=a${blanks}b #${blanks}c\n# ${blanks}d\nLAST_HOST_PORT=8080\n`
  },
}

function unclosed(text) {
  return text.split('"').length % 2 === 0 ? text : `${text}LAST="`
}

function writeFeature(root, name, text) {
  mkdirSync(join(root, 'features', name), { recursive: true })
  writeFileSync(join(root, 'features', name, '.env.example'), text)
}

/** Returns a template with a host port and settings, and a comment above every third variable. */
function templateText(index, name, variables) {
  const prefix = name.toUpperCase().replace('-', '_')
  const port = `# Port that ${name} publishes on the host\n${prefix}_HOST_PORT=${10_000 + index}\n`
  const settings = Array.from({ length: variables - 1 }, (_, i) => {
    const comment = i % 3 === 2 ? `# What setting ${i} of ${name} means\n` : ''
    return `${comment}${prefix}_SETTING_${i}=value-${i}-of-${name}\n`
  })
  return port + settings.join('')
}

function filled(bytes, line) {
  let text = ''
  for (let index = 0; text.length < bytes; index++) text += line(index)
  return text
}
