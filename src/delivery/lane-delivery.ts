import { signalOf, type Batch, type BatchSource, type LaneName } from '../spool/index.ts'
import { sizeOf, type Part } from './batch-parts.ts'
import { requestOf, type LaneBooks } from './lane-books.ts'
import { FAILURES_OF_OUTAGE } from './outage-watch.ts'
import { RefusalSearch } from './refusal-search.ts'
import type { SendResult, Transport } from './transport.ts'
import { Wake } from './wake.ts'

const MAX_BATCH_BYTES = 1024 * 1024
const POLL_MILLIS = 200
const FIRST_BACKOFF_MILLIS = 250
const MAX_BACKOFF_MILLIS = 5_000
/** After so many refusals of parts of a batch there is a pause: a search is not to be a burden for the receiver. */
const REFUSALS_IN_ROW = 20

type Decision = SendResult & { kind: 'delivered' | 'refused' }

interface Waiter {
  readonly giveUp: boolean
  readonly settle: (empty: boolean) => void
}

/** What a lane's delivery is made of. */
export interface LaneDeliveryParts {
  readonly lane: LaneName
  readonly source: BatchSource
  readonly transport: Transport
  /** What it leads to, in messages. */
  readonly receiver: 'the receiver' | 'the database'
  readonly books: LaneBooks
  /** Whether somebody looks on, who can put right what is wrong with the set-up: nobody waits for that then. */
  readonly attended: boolean
  /** Hears of what a user should know. */
  readonly note: (code: string, message: string) => void
  /** Hears of each try that failed, and of the failures in a row. */
  readonly failed: (message: string, failures: number) => void
  /** Hears that the receiver answered. */
  readonly passed: () => void
  /** Hears that nothing is left to send. */
  readonly emptied: () => void
}

/** Takes the batches of one lane to the receiver, one after another, for as long as it takes. */
export class LaneDelivery {
  readonly #parts: LaneDeliveryParts
  readonly #wake = new Wake()
  #waiters: Waiter[] = []
  #failures = 0
  /** Whether the one try was made that the end of the process may make in a time that the receiver asked to be left alone. */
  #triedLast = false
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
    this.#parts.emptied()
    this.#settle(true, () => true)
    await this.#wake.wait(POLL_MILLIS)
  }

  /** Sends a batch, in smaller parts where the receiver refuses it, until all of it is delivered, refused, or given up for want of room or for its age. */
  async #deliver(batch: Batch): Promise<void> {
    const { source, transport, lane, books } = this.#parts
    const search = new RefusalSearch(batch.groups)
    let refusals = 0
    books.begin(batch)
    try {
      for (let part = search.next(); part !== undefined; part = search.next()) {
        if (this.#closed || !source.holds(batch)) return
        const result = await transport.send(signalOf(lane), requestOf(batch.meta, part))
        if (!source.holds(batch)) return
        if (result.kind === 'later') await this.#retryLater(result)
        else await this.#decide(batch, search, part, result)
        if (result.kind === 'refused' && ++refusals % REFUSALS_IN_ROW === 0) await this.#wake.wait(FIRST_BACKOFF_MILLIS)
      }
      source.commit(batch)
    } finally {
      books.end()
    }
  }

  async #decide(batch: Batch, search: RefusalSearch, part: Part, result: Decision): Promise<void> {
    const { source, books, passed } = this.#parts
    this.#failures = 0
    this.#triedLast = false
    passed()
    if (result.kind === 'delivered') {
      books.delivered(part, result)
      source.decide(batch, sizeOf(part))
      search.passed()
    } else {
      for (const refused of search.refused(result.splittable)) {
        source.decide(batch, sizeOf(refused))
        await books.refused(batch.meta, refused, result.message)
      }
    }
  }

  async #retryLater({ message, cure, retryAfterMillis }: SendResult & { kind: 'later' }): Promise<void> {
    const { note, lane, receiver, failed, attended } = this.#parts
    failed(message, ++this.#failures)
    this.#settle(false, ({ giveUp }) => giveUp || (attended && cure !== undefined))
    // A mistake in the set-up is told of by the transport, which also says how long to wait.
    if (cure !== undefined) return this.#backOff(retryAfterMillis ?? MAX_BACKOFF_MILLIS)
    if (this.#failures === FAILURES_OF_OUTAGE)
      note(
        'unreachable',
        `${receiver} does not take ${lane} entries now: ${message}; they wait and are tried again: is it running, is the address right?`,
      )
    if (retryAfterMillis !== undefined) return this.#leaveAlone(retryAfterMillis)
    const backoff = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** (this.#failures - 1))
    await this.#backOff(backoff * (0.5 + Math.random() / 2))
  }

  /** A flush shortens it, but many in a row do not make many requests. */
  async #backOff(millis: number): Promise<void> {
    const start = performance.now()
    for (;;) {
      const isAwaited = this.#waiters.length > 0
      const wait = isAwaited ? Math.min(millis, FIRST_BACKOFF_MILLIS) : millis
      const left = start + wait - performance.now()
      if (left <= 0 || this.#closed || this.#waiters.some(({ giveUp }) => giveUp)) return
      await this.#wake.wait(left)
    }
  }

  /** A time that the receiver asked for: only the end of the process may cut it short, for one try. */
  async #leaveAlone(millis: number): Promise<void> {
    const end = performance.now() + millis
    for (let left = millis; left > 0 && !this.#closed; left = end - performance.now()) {
      if (this.#waiters.some(({ giveUp }) => giveUp)) {
        if (!this.#triedLast) {
          this.#triedLast = true
          return
        }
        this.#settle(false, ({ giveUp }) => giveUp)
      }
      await this.#wake.wait(left)
    }
  }

  /**
   * Tries at once, unless the receiver asked to be left alone, and resolves with true when nothing is left in the lane, with false after the time.
   * @param giveUp resolve with false at the first failure instead of trying on
   */
  drain(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(false, (one) => one === waiter), timeoutMillis)
      timer.unref()
      const waiter: Waiter = {
        giveUp,
        settle(empty) {
          clearTimeout(timer)
          resolve(empty)
        },
      }
      this.#waiters.push(waiter)
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
