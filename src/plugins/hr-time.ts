import type { HrTime } from '@opentelemetry/api'

const NANOS_PER_SECOND = 1_000_000_000

/** Milliseconds as the SDK has times, seconds and nanoseconds: to the microsecond, as clew writes them. */
export function toHrTime(millis: number): HrTime {
  const seconds = Math.floor(millis / 1_000)
  const nanos = Math.round((millis - seconds * 1_000) * 1_000) * 1_000
  return nanos === NANOS_PER_SECOND ? [seconds + 1, 0] : [seconds, nanos]
}

/** The SDK's time as milliseconds since 1970 with a fraction. */
export function fromHrTime([seconds, nanos]: HrTime): number {
  return seconds * 1_000 + nanos / 1e6
}
