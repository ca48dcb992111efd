import { assembleRequest } from '../otlp/index.ts'
import { countMetricPoints } from '../otlp/metric-points.ts'
import { signalOf, type Batch, type LaneName, type Signal } from '../spool/index.ts'
import { sizeOf, type Part } from './batch-parts.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { DeliveryCounters, DropReason } from './delivery-counters.ts'
import type { SendResult } from './transport.ts'

/** What a lane's books are kept with. */
export interface LaneBooksParts {
  readonly lane: LaneName
  readonly counters: DeliveryCounters
  /** Undefined without a disk. */
  readonly deadLetters: DeadLetters | undefined
  /** Hears of what a user should know. */
  readonly note: (code: string, message: string) => void
}

/** Writes down what becomes of the entries of one lane. */
export class LaneBooks {
  readonly #parts: LaneBooksParts
  readonly #signal: Signal
  #inflight = 0

  constructor(parts: LaneBooksParts) {
    this.#parts = parts
    this.#signal = signalOf(parts.lane)
  }

  /** A batch goes out. */
  begin(batch: Batch): void {
    this.#parts.counters.add(`passed.${this.#signal}`, batch.count)
    this.#out(pointsIn(batch.groups, this.#signal))
  }

  /** The batch is done, or given up. */
  end(): void {
    this.#out(-this.#inflight)
  }

  #out(points: number): void {
    this.#inflight += points
    this.#parts.counters.add(`inflight.${this.#signal}`, points)
  }

  /** The receiver took a part, perhaps without keeping all of it. */
  delivered(part: Part, result: SendResult & { kind: 'delivered' }): void {
    const { counters, note } = this.#parts
    const count = sizeOf(part)
    const rejected = Math.min(Math.max(0, result.rejected), count)
    counters.add(`delivered.${this.#signal}`, count - rejected)
    this.dropped('rejected', rejected)
    this.#decidePoints(part, result.rejected, 'points.rejected')
    if (rejected > 0) note('rejected', `the receiver rejected ${rejected} of ${count} entries: ${result.message}`)
  }

  /** The receiver will never take a part: it is kept as a dead letter where there is a disk. */
  async refused(meta: Uint8Array, part: Part, reason: string): Promise<void> {
    const { counters, deadLetters, note } = this.#parts
    const count = sizeOf(part)
    this.dropped('refused', count)
    this.#decidePoints(part, Infinity, 'points.refused')
    const file = await deadLetters?.keep({ signal: this.#signal, body: requestOf(meta, part), entries: count, reason })
    if (file !== undefined) counters.add('deadLetters.written', count)
    note(
      'refused',
      `the receiver refused ${count} entries: ${reason}${file === undefined ? '' : `; they are kept in ${file}`}`,
    )
  }

  #decidePoints(part: Part, failed: number, reason: 'points.rejected' | 'points.refused'): void {
    const { counters } = this.#parts
    const points = pointsIn(part, this.#signal)
    this.#out(-points)
    if (this.#signal !== 'metrics') return
    const left = Math.min(Math.max(0, failed), points)
    counters.add(reason, left)
    counters.add('points.delivered', points - left)
  }

  /** Entries were left out. */
  dropped(reason: DropReason, count: number): void {
    this.#parts.counters.add(`dropped.${reason}.${this.#signal}`, count)
  }
}

/** The body of a request with a part of a batch. */
export function requestOf(meta: Uint8Array, part: Part): Uint8Array {
  return assembleRequest(
    meta,
    part.map(({ group, entries }) => ({ scope: group, items: entries })),
  )
}

/** What receivers count: records, spans, and of metrics the data points. */
function pointsIn(part: Part, signal: Signal): number {
  if (signal !== 'metrics') return sizeOf(part)
  let points = 0
  for (const { entries } of part) for (const entry of entries) points += countMetricPoints(entry)
  return points
}
