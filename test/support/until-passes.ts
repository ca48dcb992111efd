import { vi } from 'vitest'

const LIMITS = { timeout: 60_000, interval: 20 }

/** Waits until a check throws no longer; fails with what it last threw. */
export function untilPasses<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(check, LIMITS)
}
