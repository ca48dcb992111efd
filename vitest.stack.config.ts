import { defineConfig } from 'vitest/config'

// The real collector, started natively: found or built once by the global set-up (about 4 minutes the first time).
export default defineConfig({
  test: {
    include: ['test/stack/**/*.test.ts'],
    globalSetup: ['test/stack/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
})
