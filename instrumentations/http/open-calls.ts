import { ROOT_NODE, runInContext } from '../../src/context/index.ts'

const SWEEP_MILLIS = 30_000
/** An answer that nobody reads comes to no end, and neither does a stream; a call that takes so long is told as it stands. */
const MAX_OPEN_MILLIS = 300_000

/** A call that has begun. */
export interface OpenCall {
  readonly startedMillis: number
  /** Tells it as it stands. */
  giveUp(): void
}

/** The calls that have not come to their end. Looks for overdue ones while there are any, without keeping the process alive. */
export class OpenCalls {
  /** In the order of their beginning. */
  readonly #calls = new Set<OpenCall>()
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void) | undefined

  add(call: OpenCall): void {
    this.#calls.add(call)
    if (this.#timer === undefined && this.#idle === undefined)
      // A timer keeps the context it is started in.
      this.#timer = runInContext(ROOT_NODE, () => setInterval(() => this.#sweep(), SWEEP_MILLIS).unref())
  }

  delete(call: OpenCall): void {
    this.#calls.delete(call)
    if (this.#calls.size === 0) this.#idle?.()
  }

  #sweep(): void {
    const oldest = performance.now() - MAX_OPEN_MILLIS
    for (const call of this.#calls) {
      if (call.startedMillis > oldest) return
      call.giveUp()
    }
    if (this.#calls.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Looks no more, and calls back when none is under way: at once, or after the last. */
  stop(idle: () => void): void {
    this.#idle = idle
    clearInterval(this.#timer)
    if (this.#calls.size === 0) idle()
  }
}
