/**
 * Builds `dist/`: one minified CommonJS file for each command (a single file and CommonJS start fastest), packages
 * that most runs do without in files beside it (docs/performance.md has the numbers), and the library as an ES
 * module with types.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { build } from 'esbuild'

const COMMANDS = ['product', 'feature']

const builtin = createRequire(import.meta.url)

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  legalComments: 'linked',
  define: { __VERSION__: JSON.stringify(version) },
}

/** Packages that most runs do without: each becomes a file beside the commands, which is read when it is first asked for. */
const RARE = ['diff', 'dotenv', 'smol-toml', 'yaml']

const rareApart = {
  name: 'rare-apart',
  setup(build) {
    const filter = new RegExp(`^(${RARE.join('|')})$`)
    build.onResolve({ filter }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${path}.cjs`, external: true },
    )
  },
}

/**
 * Modules of Node that take a millisecond or more to load, and that most runs do without, though code at the top
 * of some file imports them (commander the first): each is loaded when something of it is first used.
 */
const SLOW_BUILTINS = ['node:child_process', 'node:crypto', 'node:dgram', 'node:net']

const builtinsLate = {
  name: 'builtins-late',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${SLOW_BUILTINS.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'late' ? { path, external: true } : { path, namespace: 'late' },
    )
    build.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents: `for (const key of ${JSON.stringify(Object.keys(builtin(path)))})
        Object.defineProperty(exports, key, { enumerable: true, get: () => require('${path}')[key] })`,
    }))
  },
}

/** picocolors looks at `process.stdout` when it is loaded, which takes 4 ms; it is told whether to colour anyway. */
const colourTold = {
  name: 'colour-told',
  setup(build) {
    build.onLoad({ filter: /[/\\]picocolors\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('process || {}', '{}'),
    }))
  },
}

const commandLine = {
  ...common,
  format: 'cjs',
  minify: true,
  // `import()` of a file of ours becomes a `require`: the loader of ES modules takes longer to start than a merge.
  supported: { 'dynamic-import': false },
  plugins: [rareApart, builtinsLate, colourTold],
}

rmSync('dist', { recursive: true, force: true })
for (const command of COMMANDS) {
  await build({ ...commandLine, entryPoints: [`src/bin/${command}.ts`], outfile: `dist/${command}-main.cjs` })
}
for (const name of RARE) {
  await build({ ...commandLine, entryPoints: [name], outfile: `dist/${name}.cjs` })
}
writeStarters()
await build({
  ...common,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  format: 'esm',
  packages: 'external',
})
execFileSync('npx', ['tsc', '-p', 'tsconfig.types.json'], { stdio: 'inherit' })

/** The files that the shell starts: scripts/start.cjs with the name of what it starts. */
function writeStarters() {
  const files = [...COMMANDS.map((command) => `${command}-main.cjs`), ...RARE.map((name) => `${name}.cjs`)]
  for (const file of files) {
    // esbuild copies the first line of src/bin, which only the starter needs.
    writeFileSync(`dist/${file}`, readFileSync(`dist/${file}`, 'utf8').replace(/^#!.*\n/, ''), {
      mode: 0o644,
    })
  }
  const sum = createHash('sha256')
  for (const file of files) sum.update(readFileSync(`dist/${file}`))
  const starter = readFileSync('scripts/start.cjs', 'utf8').replace(
    '__BUILD__',
    sum.digest('hex').slice(0, 16),
  )
  for (const command of COMMANDS) {
    writeFileSync(`dist/${command}.cjs`, starter.replace('__MAIN__', `./${command}-main.cjs`))
    chmodSync(`dist/${command}.cjs`, 0o755)
  }
}
