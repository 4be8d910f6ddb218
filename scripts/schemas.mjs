/**
 * Writes `schemas/`: the JSON Schemas of product.yaml, feature.yaml and workspace.yaml, by which editors complete and check these
 * files, from the one definition in src/workspace/settings.ts. With --check writes nothing, and exits with 1 if a
 * file is not what it would write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FILES = {
  'product.schema.json': 'PRODUCT_SCHEMA',
  'feature.schema.json': 'FEATURE_SCHEMA',
  'workspace.schema.json': 'WORKSPACE_SCHEMA',
}
/** Draft 7 is what the YAML language server of editors knows best; nothing newer is used. */
const DRAFT = 'http://json-schema.org/draft-07/schema#'

const { outputFiles } = await build({
  entryPoints: [join(ROOT, 'src/workspace/settings.ts')],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  packages: 'external',
})
// The packages are only imported, never used: the schemas are plain data.
const code = outputFiles[0].text.replace(/^import .* from "(?!node:)[^"]+";$/gm, '')
const settings = await import(`data:text/javascript,${encodeURIComponent(code)}`)

const check = process.argv.includes('--check')
for (const [name, schema] of Object.entries(FILES)) {
  const file = join(ROOT, 'schemas', name)
  const text = `${JSON.stringify({ $schema: DRAFT, ...settings[schema] }, null, 2)}\n`
  if (!check) {
    mkdirSync(join(ROOT, 'schemas'), { recursive: true })
    writeFileSync(file, text)
  } else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`schemas/${name} is not what src/workspace/settings.ts defines: npm run schemas\n`)
    process.exitCode = 1
  }
}
