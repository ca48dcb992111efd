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

/** A time in any of the forms that the OpenTelemetry API takes, as milliseconds since 1970; the time now for none. */
export function toMillis(time: unknown): number {
  if (typeof time === 'number') return time < MAX_ELAPSED_MILLIS ? offset + time : time
  if (time instanceof Date) return time.getTime()
  if (Array.isArray(time)) return (time[0] as number) * 1000 + (time[1] as number) / 1e6
  return now()
}
