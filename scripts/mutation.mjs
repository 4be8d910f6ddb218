/**
 * Runs the mutation tests, and prints what survived and the share killed in each folder:
 * a tenth of all mutants, or with a path (`npm run mutation -- src/merge`) each one below it.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'

const [path] = process.argv.slice(2)
const stryker = new Stryker({
  mutate: [path === undefined ? 'src/**/*.ts' : path.endsWith('.ts') ? path : `${path}/**/*.ts`],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts' },
  plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation-sample.mjs'],
  // The checker leaves mutants out by calling them errors; those count neither as killed nor as survived.
  checkers: path === undefined ? ['sample'] : [],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
  // Stryker asks a TypeScript older than 7 to rewrite the tsconfig in its sandbox; no test reads that file.
  tsconfigFile: 'none',
  // Beside the sources, its copy of biome.json would stop Biome.
  tempDirName: join(tmpdir(), 'product-env-mutation'),
  cleanTempDir: 'always',
  // A slow or busy machine is not to be taken for an endless loop.
  timeoutMS: 30_000,
  timeoutFactor: 3,
  // A change in what a module computes as it loads would run every test.
  ignoreStatic: true,
  concurrency: 2,
})
await stryker.runMutationTest()
