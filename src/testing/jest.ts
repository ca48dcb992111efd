/** `import 'clew/testing/jest'`, in a test or in `setupFilesAfterEnv`: clew's matchers on Jest's `expect`, with their types, both for `@types/jest` and for `@jest/globals`. */
import type { expect as JestExpect } from 'expect'
import { clewMatchers, type ClewMatchers } from './matchers.ts'

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends ClewMatchers<R> {}
}

declare global {
  namespace jest {
    interface Matchers<R, T = {}> extends ClewMatchers<R> {}
  }
}

const { expect } = globalThis as { readonly expect?: typeof JestExpect }
if (typeof expect?.extend !== 'function') {
  throw new TypeError(
    "clew/testing/jest: there is no global expect. With injectGlobals: false, call expect.extend(clewMatchers) with that of '@jest/globals'",
  )
}
expect.extend(clewMatchers)
