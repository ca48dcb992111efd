import { defineConfig } from 'vitest/config'

const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 }

// Real servers, started natively; found, or built once by the global set-up (10 to 15 minutes the first time).
export default defineConfig({
  test: {
    maxWorkers: 1,
    projects: [
      {
        test: {
          name: 'servers',
          include: ['test/stack/*.test.ts'],
          globalSetup: ['test/stack/support/global-setup.ts'],
          ...timeouts,
        },
      },
      {
        // With the whole stack running, and the telemetry of the examples in it.
        test: {
          name: 'whole stack',
          include: ['test/stack/whole/*.test.ts'],
          globalSetup: ['test/stack/support/whole-stack-setup.ts'],
          ...timeouts,
        },
      },
    ],
  },
})
