const CHECK_MILLIS = 1_000
const TOLERANCE_MILLIS = 2

let offset = Date.now() - performance.now()
let checked = performance.now()

/**
 * Milliseconds since 1970 with a fraction of about a microsecond. Follows the system's clock when that is set anew, within a second.
 */
export function now(): number {
  const elapsed = performance.now()
  if (elapsed - checked > CHECK_MILLIS) {
    checked = elapsed
    const actual = Date.now() - elapsed
    if (Math.abs(actual - offset) > TOLERANCE_MILLIS) offset = actual
  }
  return offset + elapsed
}

/** Below this a number is a time of `performance.now()`: as milliseconds since 1970 it would lie in 1973. */
const MAX_ELAPSED_MILLIS = 1e11

/** What a Date can hold. */
const MAX_MILLIS = 8.64e15

/** A time in any of the forms that the OpenTelemetry API takes, as milliseconds since 1970; the time now for none, and for what is no time. */
export function toMillis(time: unknown): number {
  const millis = readMillis(time)
  return millis >= 0 && millis <= MAX_MILLIS ? millis : now()
}

function readMillis(time: unknown): number {
  if (typeof time === 'number') return time < MAX_ELAPSED_MILLIS ? offset + time : time
  try {
    if (time instanceof Date) return time.getTime()
    if (Array.isArray(time)) return Number(time[0]) * 1000 + Number(time[1]) / 1e6
  } catch {
    // a proxy that can't be read
  }
  return Number.NaN
}
