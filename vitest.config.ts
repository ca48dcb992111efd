import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/stack/**', 'node_modules/**'],
    // Nothing here is a measure of speed: a limit only ends what hangs, on a machine however busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    // Programs in development would write log files here; and tests count records: those of a program's own beginning and end have tests of their own.
    env: { CLEW_LOG_FILE: 'off', CLEW_LIFECYCLE: 'false' },
  },
})
