import type { LogStage } from './pipeline.ts'

const SAMPLED = 1

/** Leaves out the records of traces that are not sampled, and counts them. */
export class TraceSampling {
  readonly #next: LogStage | undefined
  #leftOut = 0

  /** @param next gets the records that are kept */
  constructor(next: LogStage | undefined) {
    this.#next = next
  }

  get leftOut(): number {
    return this.#leftOut
  }

  readonly stage: LogStage = (record, context) => {
    if (record.audit !== true && record.trace !== undefined && (record.trace.traceFlags & SAMPLED) === 0) {
      this.#leftOut++
      return undefined
    }
    return this.#next === undefined ? record : this.#next(record, context)
  }
}
