/** Registers with the OpenTelemetry API; answers how to give back what it registered. */
export type Register = () => () => void

/** What is registered with the OpenTelemetry API while tests capture and clew does not run. */
class StandIn {
  #register: Register | undefined
  #release: (() => void) | undefined
  #clewRuns = false

  /** Registers now, or when clew has ended. @returns gives all back */
  begin(register: Register): () => void {
    this.#register = register
    this.#enter()
    return () => {
      this.#register = undefined
      this.#leave()
    }
  }

  /** Makes room for clew, which is about to register. @returns to be called when clew has given back what it registered */
  giveWay(): () => void {
    this.#leave()
    this.#clewRuns = true
    return () => {
      this.#clewRuns = false
      this.#enter()
    }
  }

  #enter(): void {
    if (!this.#clewRuns) this.#release = this.#register?.()
  }

  #leave(): void {
    this.#release?.()
    this.#release = undefined
  }
}

export const standIn = new StandIn()
