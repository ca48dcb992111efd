/** Why entries did not arrive. Each is documented, with its cure, in docs/diagnostics.md. */
export const DROP_REASONS = ['refused', 'rejected', 'spool_full', 'memory_full', 'shutdown', 'damaged'] as const
export type DropReason = (typeof DROP_REASONS)[number]

const DELIVERED = { logs: 0, traces: 1, metrics: 2 } as const
const RETRIES = 3
const FIRST_REASON = 4
const LENGTH = FIRST_REASON + DROP_REASONS.length

/** What delivery has done so far. Written by delivery, read by both threads: it lies in shared memory. */
export class DeliveryCounters {
  readonly memory: SharedArrayBuffer
  readonly #values: Float64Array

  constructor(memory = new SharedArrayBuffer(LENGTH * 8)) {
    this.memory = memory
    this.#values = new Float64Array(memory)
  }

  delivered(signal: keyof typeof DELIVERED): number {
    return this.#values[DELIVERED[signal]] as number
  }

  dropped(reason: DropReason): number {
    return this.#values[FIRST_REASON + DROP_REASONS.indexOf(reason)] as number
  }

  get retries(): number {
    return this.#values[RETRIES] as number
  }

  addDelivered(signal: keyof typeof DELIVERED, count: number): void {
    this.#add(DELIVERED[signal], count)
  }

  addDropped(reason: DropReason, count: number): void {
    this.#add(FIRST_REASON + DROP_REASONS.indexOf(reason), count)
  }

  addRetry(): void {
    this.#add(RETRIES, 1)
  }

  #add(index: number, count: number): void {
    this.#values[index] = (this.#values[index] as number) + count
  }
}
