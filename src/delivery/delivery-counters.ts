import { LANES, type LaneName, type Signal } from '../spool/index.ts'

/** Why entries did not arrive. Each is documented, with its cure, in docs/diagnostics.md. */
export const DROP_REASONS = [
  'refused',
  'rejected',
  'spool_full',
  'memory_full',
  'expired',
  'shutdown',
  'damaged',
] as const
export type DropReason = (typeof DROP_REASONS)[number]

export const SIGNALS: readonly Signal[] = Object.freeze(['logs', 'traces', 'metrics'])

/** Where entries wait, or are on their way to waiting. */
type Place = 'spool' | 'memory'

type Slot =
  /** Of each signal: entries given to requests, entries of the batches that are out now (of metrics: data points), entries that arrived, entries that did not. */
  | `passed.${Signal}`
  | `inflight.${Signal}`
  | `delivered.${Signal}`
  | `dropped.${DropReason}.${Signal}`
  /** Data points of metrics, each entry of which holds some. */
  | 'points.delivered'
  | 'points.refused'
  | 'points.rejected'
  | 'retries'
  | 'deadLetters.written'
  | 'deadLetters.removed'
  /** Written by the application's side: entries that it gave to a segment, or to delivery's memory. */
  | `given.${Place}.${LaneName}`
  /**
   * Looked up by delivery every second: how many more entries wait than were given (those of others, less those that are done); in how many bytes, the oldest since when.
   * One number, so that what waits is right at any time: of two, the other side would see one that is new beside one that is old.
   */
  | `beyond.${Place}.${LaneName}`
  | `bytes.${Place}`
  | 'oldest'

const PLACES: readonly Place[] = ['spool', 'memory']
const SLOTS: readonly Slot[] = [
  ...SIGNALS.flatMap((signal): Slot[] => [
    `passed.${signal}`,
    `inflight.${signal}`,
    `delivered.${signal}`,
    ...DROP_REASONS.map((reason): Slot => `dropped.${reason}.${signal}`),
  ]),
  'points.delivered',
  'points.refused',
  'points.rejected',
  'retries',
  'deadLetters.written',
  'deadLetters.removed',
  ...PLACES.flatMap((place) => LANES.map((lane): Slot => `given.${place}.${lane}`)),
  ...PLACES.flatMap((place) => LANES.map((lane): Slot => `beyond.${place}.${lane}`)),
  'bytes.spool',
  'bytes.memory',
  'oldest',
]
const INDEX = new Map(SLOTS.map((slot, index) => [slot, index]))

/** What delivery has done so far. Read by both threads: it lies in shared memory. Each slot is written by one of them. */
export class DeliveryCounters {
  readonly memory: SharedArrayBuffer
  readonly #values: Float64Array

  constructor(memory = new SharedArrayBuffer(SLOTS.length * Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#values = new Float64Array(memory)
  }

  get(slot: Slot): number {
    return this.#values[INDEX.get(slot) as number] as number
  }

  set(slot: Slot, value: number): void {
    this.#values[INDEX.get(slot) as number] = value
  }

  add(slot: Slot, count: number): void {
    this.set(slot, this.get(slot) + count)
  }

  /** Entries that were left out, of all signals. */
  dropped(reason: DropReason): number {
    return SIGNALS.reduce((total, signal) => total + this.get(`dropped.${reason}.${signal}`), 0)
  }

  /** Entries that wait in a lane: those that did at delivery's last look, and those that were given since. */
  waiting(place: Place, lane: LaneName): number {
    return Math.max(0, this.get(`given.${place}.${lane}`) + this.get(`beyond.${place}.${lane}`))
  }
}
