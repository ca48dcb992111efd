import { assembleRequest } from '../otlp/index.ts'
import { signalOf, type Batch, type BatchSource, type LaneName } from '../spool/index.ts'
import type { DeliveryCounters } from './delivery-counters.ts'
import type { SendResult, Transport } from './transport.ts'
import { Wake } from './wake.ts'

const MAX_BATCH_BYTES = 1024 * 1024
const POLL_MILLIS = 200
const FIRST_BACKOFF_MILLIS = 250
const MAX_BACKOFF_MILLIS = 5_000

interface Waiter {
  readonly giveUp: boolean
  readonly settle: (empty: boolean) => void
}

export interface LaneDeliveryParts {
  readonly lane: LaneName
  readonly source: BatchSource
  readonly transport: Transport
  readonly counters: DeliveryCounters
  /** Hears of what a user should know. */
  readonly note: (code: string, message: string) => void
}

/** Takes the batches of one lane to the receiver, one after another, for as long as it takes. */
export class LaneDelivery {
  readonly #parts: LaneDeliveryParts
  readonly #wake = new Wake()
  #waiters: Waiter[] = []
  #failures = 0
  #closed = false

  constructor(parts: LaneDeliveryParts) {
    this.#parts = parts
  }

  /** Runs until `close`. */
  async run(): Promise<void> {
    while (!this.#closed) {
      const batch = this.#parts.source.read(MAX_BATCH_BYTES)
      if (batch === undefined) {
        this.#settle(true, () => true)
        await this.#wake.wait(POLL_MILLIS)
      } else {
        await this.#attempt(batch)
      }
    }
    this.#settle(false, () => true)
  }

  async #attempt(batch: Batch): Promise<void> {
    const { lane, source, transport, counters } = this.#parts
    const scopes = batch.groups.map(({ group, entries }) => ({ scope: group, items: entries }))
    const result = await transport.send(signalOf(lane), assembleRequest(batch.meta, scopes))
    if (result.kind === 'later') return this.#retryLater(result)
    this.#failures = 0
    if (result.kind === 'delivered') this.#delivered(batch, result)
    else this.#refused(batch, result.message)
    counters.addDelivered(signalOf(lane), result.kind === 'delivered' ? batch.count - result.rejected : 0)
    source.commit()
  }

  #delivered(batch: Batch, result: SendResult & { kind: 'delivered' }): void {
    if (result.rejected === 0) return
    this.#parts.counters.addDropped('rejected', Math.min(result.rejected, batch.count))
    this.#parts.note(
      'rejected',
      `the receiver rejected ${result.rejected} of ${batch.count} entries: ${result.message}`,
    )
  }

  #refused(batch: Batch, message: string): void {
    this.#parts.counters.addDropped('refused', batch.count)
    this.#parts.note('refused', `the receiver refused ${batch.count} entries: ${message}`)
  }

  async #retryLater(result: SendResult & { kind: 'later' }): Promise<void> {
    this.#parts.counters.addRetry()
    this.#settle(false, (waiter) => waiter.giveUp)
    if (this.#closed) return
    if (++this.#failures === 3)
      this.#parts.note(
        'unreachable',
        `the receiver does not take ${this.#parts.lane} entries now: ${result.message}; trying on`,
      )
    const backoff = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** (this.#failures - 1))
    await this.#wake.wait(result.retryAfterMillis ?? backoff * (0.5 + Math.random() / 2))
  }

  /**
   * Tries at once, and resolves with true when nothing is left in the lane.
   * @param giveUp resolve with false at the first failure instead of trying on
   */
  drain(giveUp: boolean): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    return new Promise((settle) => {
      this.#waiters.push({ giveUp, settle })
      this.#wake.signal()
    })
  }

  #settle(empty: boolean, which: (waiter: Waiter) => boolean): void {
    const settled = this.#waiters.filter(which)
    this.#waiters = this.#waiters.filter((waiter) => !which(waiter))
    for (const { settle } of settled) settle(empty)
  }

  /** Ends the loop after the request under way. */
  close(): void {
    this.#closed = true
    this.#wake.signal()
  }
}
