import { defineConfig } from 'vitest/config'

const common = {
  // Child processes, fault injection and a real Compose take longer than vitest's five seconds on a busy machine.
  testTimeout: 60_000,
  setupFiles: ['test/support/seed.ts'],
  pool: 'forks' as const,
  maxWorkers: 2,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'tool',
          include: ['test/**/*.test.ts'],
          exclude: ['test/engine/**'],
        },
      },
      {
        test: {
          ...common,
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
