/** `import 'clew/testing/vitest'`, in a test or in `setupFiles`: clew's matchers on vitest's `expect`, with their types. */
import { expect } from 'vitest'
import { clewMatchers, type ClewMatchers } from './matchers.ts'

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends ClewMatchers<R> {}
}

expect.extend(clewMatchers)
