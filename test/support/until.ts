const POLL_MILLIS = 10

/** Waits until a condition holds, and says what was awaited when it does not within the time. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMillis = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMillis
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMillis} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS))
  }
}
