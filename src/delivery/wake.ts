/** A sleep that can be ended early. A signal given while nobody sleeps ends the next sleep at once. */
export class Wake {
  #signalled = false
  #end: (() => void) | undefined

  /** Resolves after the time, or at a signal. Does not keep the process alive. */
  async wait(millis: number): Promise<void> {
    if (!this.#signalled) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, millis)
        if (timer.unref !== undefined) timer.unref()
        this.#end = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#signalled = false
    this.#end = undefined
  }

  signal(): void {
    this.#signalled = true
    this.#end?.()
  }
}
