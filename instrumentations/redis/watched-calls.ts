/** Whether a client's own code runs that is watched at its methods already: what its channels tell meanwhile is told twice. */
export class WatchedCalls {
  #depth = 0

  get isInside(): boolean {
    return this.#depth > 0
  }

  run<R>(fn: () => R): R {
    this.#depth++
    try {
      return fn()
    } finally {
      this.#depth--
    }
  }

  enter(): void {
    this.#depth++
  }

  leave(): void {
    this.#depth--
  }
}
