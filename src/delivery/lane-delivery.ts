import { assembleRequest } from '../otlp/index.ts'
import { signalOf, type Batch, type BatchSource, type GroupEntries, type LaneName } from '../spool/index.ts'
import { halve, sizeOf } from './batch-parts.ts'
import type { DeliveryCounters } from './delivery-counters.ts'
import type { SendResult, Transport } from './transport.ts'
import { Wake } from './wake.ts'

const MAX_BATCH_BYTES = 1024 * 1024
const POLL_MILLIS = 200
const FIRST_BACKOFF_MILLIS = 250
const MAX_BACKOFF_MILLIS = 5_000
/** Requests spent on finding what in a batch a receiver refuses; the rest of the batch is then refused with it. */
const MAX_REFUSALS = 40

interface Waiter {
  readonly giveUp: boolean
  readonly settle: (empty: boolean) => void
}

/** What a lane's delivery is made of. */
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

  /** Runs until `close`. Never rejects: what fails inside is said, and tried again. */
  async run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#turn()
      } catch (error) {
        this.#parts.note('delivery', `delivery of ${this.#parts.lane} entries failed inside: ${String(error)}`)
        this.#settle(false, () => true)
        await this.#wake.wait(MAX_BACKOFF_MILLIS)
      }
    }
    this.#settle(false, () => true)
  }

  async #turn(): Promise<void> {
    const batch = this.#parts.source.read(MAX_BATCH_BYTES)
    if (batch !== undefined) return this.#deliver(batch)
    this.#settle(true, () => true)
    await this.#wake.wait(POLL_MILLIS)
  }

  /** Sends a batch, in ever smaller parts where the receiver refuses it, until all of it is delivered, refused, or given up for want of room. */
  async #deliver(batch: Batch): Promise<void> {
    const { source, transport, lane } = this.#parts
    const parts: (readonly GroupEntries[])[] = [batch.groups]
    let refusals = 0
    for (let part = parts[0]; part !== undefined; part = parts[0]) {
      const scopes = part.map(({ group, entries }) => ({ scope: group, items: entries }))
      const result = await transport.send(signalOf(lane), assembleRequest(batch.meta, scopes))
      if (!source.holds(batch)) return
      if (result.kind === 'later') {
        await this.#retryLater(result)
        if (this.#closed) return
        continue
      }
      this.#failures = 0
      parts.shift()
      if (result.kind === 'delivered') this.#delivered(sizeOf(part), result)
      else if (result.splittable && sizeOf(part) > 1 && ++refusals < MAX_REFUSALS) parts.unshift(...halve(part))
      else this.#refused(sizeOf(part), result.message)
    }
    source.commit(batch)
  }

  #delivered(count: number, result: SendResult & { kind: 'delivered' }): void {
    const { counters, lane, note } = this.#parts
    const rejected = Math.min(result.rejected, count)
    counters.addDelivered(signalOf(lane), count - rejected)
    if (rejected === 0) return
    counters.addDropped('rejected', rejected)
    note('rejected', `the receiver rejected ${rejected} of ${count} entries: ${result.message}`)
  }

  #refused(count: number, message: string): void {
    this.#parts.counters.addDropped('refused', count)
    this.#parts.note('refused', `the receiver refused ${count} entries: ${message}`)
  }

  async #retryLater(result: SendResult & { kind: 'later' }): Promise<void> {
    const { counters, note, lane } = this.#parts
    counters.addRetry()
    this.#settle(false, (waiter) => waiter.giveUp)
    if (this.#closed) return
    // A mistake in the set-up is told of by the transport, which also says how long to wait.
    if (result.cure === undefined && ++this.#failures === 3)
      note(
        'unreachable',
        `the receiver does not take ${lane} entries now: ${result.message}; they wait and are tried again: is it running, is the address right?`,
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
