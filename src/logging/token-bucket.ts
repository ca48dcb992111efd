/** Lets so many through in a second; after a quiet time, twice as many at once. By the clock that nobody sets. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #most: number
  #tokens: number
  #filled = performance.now()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
    this.#most = Math.max(1, perSecond * 2)
    this.#tokens = this.#most
  }

  /** Whether one more may pass. */
  take(): boolean {
    this.#fill()
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Whether it is as good as new, and may be thrown away. */
  get isFull(): boolean {
    this.#fill()
    return this.#tokens >= this.#most
  }

  #fill(): void {
    const now = performance.now()
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#filled) * this.#perSecond) / 1000)
    this.#filled = now
  }
}
