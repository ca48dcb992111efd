import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/stack/**', 'node_modules/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A page or a program on a busy machine takes longer than the second that a poll waits by default.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    // Programs in development would write log files here; and tests count records: those of a program's own beginning and end have tests of their own.
    env: { CLEW_LOG_FILE: 'off', CLEW_LIFECYCLE: 'false' },
  },
})
