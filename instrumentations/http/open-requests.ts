/** How many requests are under way. */
export class OpenRequests {
  #count = 0
  #idle: (() => void) | undefined

  began(): void {
    this.#count++
  }

  ended(): void {
    if (--this.#count === 0) this.#idle?.()
  }

  /** Calls back when none is under way any more: at once, or after the last. */
  whenIdle(idle: () => void): void {
    if (this.#count === 0) idle()
    else this.#idle = idle
  }
}
