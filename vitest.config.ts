import { defineConfig } from 'vitest/config'

const common = {
  // Child processes, fault injection and a real Compose take longer than vitest's five seconds on a busy machine.
  testTimeout: 60_000,
  setupFiles: ['test/support/seed.ts'],
  pool: 'forks' as const,
  maxWorkers: 2,
}

/** Each of them may start an engine, and two engines would change each other's packet filter. */
const ENGINE = ['test/engine/**/*.test.ts', 'test/live/engine.test.ts']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'tool',
          include: ['test/**/*.test.ts'],
          exclude: ENGINE,
        },
      },
      {
        test: {
          ...common,
          name: 'engine',
          include: ENGINE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
