import { toHaveLogged, toHaveLoggedTimes, type Expected } from './logged-matchers.ts'
import { toHaveNoSecrets, type Secrets } from './secrets-matcher.ts'
import { toHaveSpan, type ExpectedSpan } from './span-matcher.ts'

/** What `expect(captured)` has with clew's matchers; `R` is what the framework's own answer. */
export interface ClewMatchers<R = void> {
  /** A record like this was said. */
  toHaveLogged(expected: Expected): R
  /** Exactly so many records like this were said. */
  toHaveLoggedTimes(expected: Expected, times: number): R
  /** A span of this name ended. */
  toHaveSpan(name: string | RegExp, expected?: ExpectedSpan): R
  /**
   * No secret is in any record or span: none of those given (as they are, percent-encoded, or in base64), nor anything that clew's own rules would take out. A failure says where one is, and never what it is.
   */
  toHaveNoSecrets(secrets?: Secrets): R
}

/** For `expect.extend(clewMatchers)`, in vitest and in jest. */
export const clewMatchers = { toHaveLogged, toHaveLoggedTimes, toHaveSpan, toHaveNoSecrets }
