import { countWaiting, createOwner, findNeighbours, isAlive } from '../spool/index.ts'
import { Delivery } from './delivery.ts'
import { DeliveryCounters, DROP_REASONS, SIGNALS } from './delivery-counters.ts'
import type { DeliveryListener } from './delivery-event.ts'
import type { TransportSettings } from './otlp-transport.ts'

/** How far a spool has been emptied. */
export interface DrainCounts {
  readonly delivered: number
  /** Entries that were left out, by whatever reason. */
  readonly dropped: number
  /** Entries that wait to be sent. */
  readonly waiting: number
}

/**
 * Sends what earlier processes left in a spool's directory, and nothing of those that still run. Keeps to no bounds of size or age, and does not wait for a mistake in the set-up
 * to be put right.
 */
export class SpoolDrain {
  readonly #directory: string
  readonly #owner = createOwner()
  readonly #counters = new DeliveryCounters()
  readonly #delivery: Delivery

  /** Takes over what was left, and begins to send it. */
  constructor(directory: string, { endpoints, proxy }: TransportSettings, tell: DeliveryListener) {
    this.#directory = directory
    const settings = {
      endpoints,
      proxy,
      directory,
      owner: this.#owner,
      meta: new Uint8Array(),
      maxMemoryBytes: 0,
      maxDiskBytes: Infinity,
      maxAgeMillis: Infinity,
      attended: true,
      counters: this.#counters.memory,
    }
    this.#delivery = new Delivery(settings, tell)
  }

  get counts(): DrainCounts {
    const counters = this.#counters
    return {
      delivered: SIGNALS.reduce((total, signal) => total + counters.get(`delivered.${signal}`), 0),
      dropped: DROP_REASONS.reduce((total, reason) => total + counters.dropped(reason), 0),
      waiting: this.#delivery.waiting,
    }
  }

  /** Entries in the directory that it does not send: of running processes, and of signals that have no endpoint. */
  get others(): { readonly running: number; readonly unaddressed: number } {
    let [running, unaddressed] = [0, 0]
    for (const { owner, path } of findNeighbours(this.#directory, this.#owner)) {
      if (isAlive(this.#directory, owner, this.#owner)) running += countWaiting(path)
      else unaddressed += countWaiting(path)
    }
    return { running, unaddressed }
  }

  /** Resolves when nothing is left to send, or after the time. */
  async run(timeoutMillis: number): Promise<void> {
    await this.#delivery.drain(false, timeoutMillis)
  }

  /** Stops; what is left stays where it is. */
  close(): void {
    this.#delivery.close()
  }
}
