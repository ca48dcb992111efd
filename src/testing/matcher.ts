import type { CapturedLogs } from './capture.ts'

/** What clew's matchers use of the test framework: vitest and jest have it in common. */
export interface MatcherContext {
  readonly equals: (found: unknown, expected: unknown) => boolean
}

/** What a matcher answers. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** What was given to `expect`, if it is a capture. @throws TypeError when it is none */
export function asCaptured(received: unknown): CapturedLogs {
  if (typeof received === 'object' && received !== null && 'records' in received && 'spans' in received)
    return received as CapturedLogs
  throw new TypeError('expect() was given something else than a capture: expect(captureLogs())')
}
