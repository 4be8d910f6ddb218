import { defineConfig } from 'vitest/config'

const common = {
  // Child processes, fault injection and a real Compose take longer than vitest's five seconds on a busy machine.
  testTimeout: 60_000,
  setupFiles: ['test/support/seed.ts'],
  pool: 'forks' as const,
  maxWorkers: 2,
}

// The stacks of the engine tests hold the demo's ports, of which a merge of the demo would warn: they come last.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'tool',
          include: ['test/**/*.test.ts'],
          exclude: ['test/engine/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
