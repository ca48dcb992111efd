import type { LaneName } from '../spool/index.ts'
import { DROP_REASONS, type DeliveryCounters, type DropReason } from './delivery-counters.ts'

/** From so many failures in a row on it is an outage, rather than one request that failed. */
export const FAILURES_OF_OUTAGE = 3

/** A time in which the receiver took nothing. */
export interface Outage {
  readonly durationMillis: number
  /** The most entries that waited in it. */
  readonly waited: number
  /** Entries that were left out in it. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>
}

/** Tells when the receiver takes nothing, and when it takes everything again. */
export class OutageWatch {
  readonly #counters: DeliveryCounters
  readonly #waiting: () => number
  readonly #failing = new Set<LaneName>()
  #startMillis = 0
  #before: ReadonlyMap<DropReason, number> = new Map()
  #waited = 0
  #isOpen = false
  #isLong = false

  /** @param waiting how many entries wait now */
  constructor(counters: DeliveryCounters, waiting: () => number) {
    this.#counters = counters
    this.#waiting = waiting
  }

  /** Whether the receiver takes nothing now. */
  get isOutage(): boolean {
    return this.#isOpen && this.#isLong
  }

  /** A request failed, for the so-manieth time in a row. */
  failed(lane: LaneName, failures: number): void {
    if (!this.#isOpen) this.#begin()
    this.#failing.add(lane)
    this.#isLong ||= failures >= FAILURES_OF_OUTAGE
    this.#waited = Math.max(this.#waited, this.#waiting())
  }

  #begin(): void {
    this.#startMillis = performance.now()
    this.#before = new Map(DROP_REASONS.map((reason) => [reason, this.#counters.dropped(reason)]))
    this.#waited = 0
    this.#isOpen = true
    this.#isLong = false
  }

  /** Nothing is left to send in a lane: this says nothing of the receiver. */
  emptied(lane: LaneName): void {
    this.#failing.delete(lane)
  }

  /** The receiver answered; returns the outage that ended with that. */
  passed(lane: LaneName): Outage | undefined {
    this.#failing.delete(lane)
    if (!this.#isOpen || this.#failing.size > 0) return undefined
    this.#isOpen = false
    if (!this.#isLong) return undefined
    const dropped: Partial<Record<DropReason, number>> = {}
    for (const reason of DROP_REASONS) {
      const count = this.#counters.dropped(reason) - (this.#before.get(reason) ?? 0)
      if (count > 0) dropped[reason] = count
    }
    return { durationMillis: Math.round(performance.now() - this.#startMillis), waited: this.#waited, dropped }
  }
}
