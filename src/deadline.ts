/** What a timer can wait for. */
const MAX_TIMER_MILLIS = 2 ** 31 - 1

/** One time limit for several steps. */
export class Deadline {
  readonly #at: number

  constructor(timeoutMillis: number) {
    this.#at = performance.now() + Math.min(timeoutMillis, MAX_TIMER_MILLIS)
  }

  /** What is left of it, in milliseconds; 0 when it is over. */
  get left(): number {
    return Math.max(0, this.#at - performance.now())
  }

  /** Waits for a step, until the deadline at most. What the step throws is thrown. */
  async wait(step: Promise<unknown> | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, this.left)))
    try {
      await Promise.race([step, over])
    } finally {
      clearTimeout(timer)
    }
  }
}
