import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/stack/**', 'node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // Tests count records: those of a program's own beginning and end have tests of their own.
    env: { CLEW_LIFECYCLE: 'false' },
  },
})
