import type { DatabaseSettings } from '../database/index.ts'
import { LANES, MemoryQueue, oldestFirst, SegmentQueue, signalOf, type LaneName, type Signal } from '../spool/index.ts'
import { DatabaseSender } from './database-sender.ts'
import { DeadLetters } from './dead-letters.ts'
import { DeliveryCounters, SIGNALS } from './delivery-counters.ts'
import type { DeliveryListener } from './delivery-event.ts'
import { LaneBooks } from './lane-books.ts'
import { LaneDelivery } from './lane-delivery.ts'
import { OtlpTransport, type TransportSettings } from './otlp-transport.ts'
import { OutageWatch } from './outage-watch.ts'
import type { Transport } from './transport.ts'
import { Upkeep, type LaneQueues } from './upkeep.ts'

/** Dead letters may take this part of the room that the spool has, beside it. */
const DEAD_LETTERS_PART = 1 / 8

/** Everything delivery needs, as plain data that can cross into a thread. */
export interface DeliverySettings extends TransportSettings {
  /** The database that records are written to, in place of all endpoints. */
  readonly database?: DatabaseSettings | undefined

  /** Where segments are; undefined when blocks only come by message. */
  readonly directory: string | undefined
  readonly owner: string
  /** The meta (resource) of blocks that come by message. */
  readonly meta: Uint8Array
  readonly maxMemoryBytes: number
  /** Most bytes of all segments in the directory together. */
  readonly maxDiskBytes: number
  /** Entries that were written to disk longer ago are given up. */
  readonly maxAgeMillis: number
  /** Whether somebody looks on, who can put right what is wrong with the set-up: nobody waits for that then. */
  readonly attended: boolean
  readonly counters: SharedArrayBuffer
}

/** What the writing side tells delivery. */
export type DeliveryMessage =
  /** A new segment, and how many entries of the lane were written to earlier ones. */
  | { readonly type: 'segment'; readonly lane: LaneName; readonly path: string; readonly before: number }
  | { readonly type: 'block'; readonly lane: LaneName; readonly block: Uint8Array; readonly count: number }

function isSent({ database, endpoints }: DeliverySettings, signal: Signal): boolean {
  return database === undefined ? endpoints[signal] !== undefined : signal === 'logs'
}

interface LaneParts extends LaneQueues {
  readonly delivery: LaneDelivery
}

/** The far end of the road: all lanes that have somewhere to go, and one transport. Runs in a worker thread, or in the process where none can start. */
export class Delivery {
  readonly #settings: DeliverySettings
  readonly #tell: DeliveryListener
  readonly #transport: Transport
  readonly #counters: DeliveryCounters
  readonly #deadLetters: DeadLetters | undefined
  readonly #watch: OutageWatch
  readonly #lanes: ReadonlyMap<LaneName, LaneParts>
  readonly #upkeep: Upkeep

  constructor(settings: DeliverySettings, tell: DeliveryListener) {
    this.#settings = settings
    this.#tell = tell
    this.#transport =
      settings.database === undefined
        ? new OtlpTransport(settings, this.#note)
        : new DatabaseSender(settings.database, this.#note)
    this.#counters = new DeliveryCounters(settings.counters)
    for (const signal of SIGNALS) this.#counters.set(`inflight.${signal}`, 0)
    this.#deadLetters = this.#openDeadLetters()
    this.#watch = new OutageWatch(this.#counters, () => this.#upkeep.waiting)
    const lanes = LANES.filter((lane) => isSent(settings, signalOf(lane)))
    this.#lanes = new Map(lanes.map((lane) => [lane, this.#lane(lane)]))
    this.#upkeep = new Upkeep(settings, this.#lanes, this.#counters, {
      tell,
      isOutage: () => this.#watch.isOutage,
    })
    for (const { delivery } of this.#lanes.values()) void delivery.run()
  }

  readonly #note = (code: string, message: string): void => this.#tell({ type: 'note', code, message })

  #openDeadLetters(): DeadLetters | undefined {
    const { directory, maxDiskBytes } = this.#settings
    if (directory === undefined) return undefined
    return new DeadLetters(directory, maxDiskBytes * DEAD_LETTERS_PART, (file, entries) => {
      this.#counters.add('deadLetters.removed', entries)
      this.#note('dead_letters', `the dead letters fill their room: ${file} had to go, with ${entries} entries`)
    })
  }

  #lane(lane: LaneName): LaneParts {
    const counters = this.#counters
    const books = new LaneBooks({ lane, counters, deadLetters: this.#deadLetters, note: this.#note })
    const damage = (path: string, count: number, how: string): void => {
      books.dropped('damaged', count)
      this.#note('damaged', `${count} entries in the spool segment ${path} are lost: ${how}`)
    }
    const segments = new SegmentQueue(damage, () => counters.get(`given.spool.${lane}`))
    const memory = new MemoryQueue(this.#settings.meta)
    const delivery = new LaneDelivery({
      lane,
      source: oldestFirst(segments, memory),
      transport: this.#transport,
      receiver: this.#settings.database === undefined ? 'the receiver' : 'the database',
      books,
      attended: this.#settings.attended,
      note: this.#note,
      failed: (message, failures) => this.#failed(lane, message, failures),
      passed: () => this.#passed(lane),
      emptied: () => this.#watch.emptied(lane),
    })
    return { segments, memory, books, delivery, received: -counters.get(`beyond.memory.${lane}`) }
  }

  #failed(lane: LaneName, message: string, failures: number): void {
    this.#counters.add('retries', 1)
    this.#watch.failed(lane, failures)
    this.#tell({ type: 'failed', message })
  }

  #passed(lane: LaneName): void {
    const outage = this.#watch.passed(lane)
    if (outage !== undefined) this.#tell({ type: 'recovered', outage })
  }

  receive(message: DeliveryMessage): void {
    const lane = this.#lanes.get(message.lane)
    if (lane === undefined) return
    if (message.type === 'segment') return lane.segments.add(message.path, message.before)
    lane.memory.add(Buffer.from(message.block.buffer, message.block.byteOffset, message.block.byteLength))
    lane.received += message.count
    this.#upkeep.limitMemory()
  }

  /** Entries that wait. */
  get waiting(): number {
    return this.#upkeep.waiting
  }

  /** Tries to deliver all there is; true when nothing is left, false after the time or, when giving up, after the first failure. */
  async drain(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    if (!giveUp) this.#upkeep.adopt()
    const lanes = [...this.#lanes.values()]
    const drained = await Promise.all(lanes.map(({ delivery }) => delivery.drain(giveUp, timeoutMillis)))
    this.#upkeep.publish()
    return drained.every(Boolean)
  }

  /** Stops. What is on disk stays there for the next process; what is only in memory goes there if that is possible, and is counted as left out if not. */
  close(): void {
    for (const { delivery } of this.#lanes.values()) delivery.close()
    this.#upkeep.rescue()
    for (const { books, memory } of this.#lanes.values()) books.dropped('shutdown', memory.clear())
    this.#upkeep.stop()
    for (const { segments } of this.#lanes.values()) segments.close()
    this.#upkeep.release()
    this.#transport.close()
  }
}
