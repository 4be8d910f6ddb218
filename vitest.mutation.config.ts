import { defineConfig } from 'vitest/config'

/** The tests of `npm run mutation`: those that run the sources in this process, and end in moments. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    // One load of the sources for all tests of a mutant, instead of one for each test file.
    isolate: false,
    env: { IN_PROCESS_ONLY: '1' },
    include: ['test/**/*.test.ts'],
    exclude: [
      // They start built commands, an engine or other programs.
      'test/{engine,package,proxy,schema}/**',
      'test/**/{faults,process,programs,shells}.test.ts',
      'test/docs/pages.test.ts',
      // They read the sources as text, which a mutation run has rewritten.
      'test/architecture.test.ts',
      // Their size takes too long to be repeated for every mutant.
      'test/{cli/fuzz,compose/forms,lint/properties,merge/hostile}.test.ts',
    ],
  },
})
