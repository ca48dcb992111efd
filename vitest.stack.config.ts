import { defineConfig } from 'vitest/config'

// They only end what hangs, on a machine however busy.
const timeouts = { testTimeout: 180_000, hookTimeout: 180_000 }

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
      {
        // The files that are added to the root file, with Elasticsearch and Kafka (1.5 minutes more the first time).
        test: {
          name: 'additive files',
          include: ['test/stack/additive/*.test.ts'],
          globalSetup: ['test/stack/support/additive-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
