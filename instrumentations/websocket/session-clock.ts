/** The time to the second, read by each message for nothing; set by the timer that watches the open sessions. */
export const sessionClock = { millis: 0 }

export const CLOCK_TICK_MILLIS = 1_000

export function tickSessionClock(): number {
  return (sessionClock.millis = performance.now())
}
