import {
  adoptSegments,
  LANES,
  MemoryQueue,
  renewLease,
  SegmentQueue,
  type Batch,
  type BatchSource,
  type LaneName,
  type SegmentDamage,
} from '../spool/index.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import { keepWithin } from './disk-limit.ts'
import { LaneDelivery } from './lane-delivery.ts'
import { OtlpTransport, type TransportSettings } from './otlp-transport.ts'
import type { Transport } from './transport.ts'

const LEASE_MILLIS = 10_000
const LIMIT_MILLIS = 1_000

/** Everything delivery needs, as plain data that can cross into a thread. */
export interface DeliverySettings extends TransportSettings {
  /** Where segments are; undefined when blocks only come by message. */
  readonly directory: string | undefined
  readonly owner: string
  /** The meta (resource) of blocks that come by message. */
  readonly meta: Uint8Array
  readonly maxMemoryBytes: number
  /** Most bytes of all segments together. */
  readonly maxDiskBytes: number
  readonly counters: SharedArrayBuffer
}

/** What the writing side tells delivery. */
export type DeliveryMessage =
  | { readonly type: 'segment'; readonly lane: LaneName; readonly path: string }
  | { readonly type: 'block'; readonly lane: LaneName; readonly block: Uint8Array }

type Note = (code: string, message: string) => void

interface LaneParts {
  readonly segments: SegmentQueue
  readonly memory: MemoryQueue
  readonly delivery: LaneDelivery
}

/** The far end of the road: all lanes and one transport. Runs in a worker thread, or in the process where none can start. */
export class Delivery {
  readonly #settings: DeliverySettings
  readonly #note: Note
  readonly #transport: Transport
  readonly #counters: DeliveryCounters
  readonly #lanes: ReadonlyMap<LaneName, LaneParts>
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(settings: DeliverySettings, note: Note) {
    this.#settings = settings
    this.#note = note
    this.#transport = new OtlpTransport(settings, note)
    this.#counters = new DeliveryCounters(settings.counters)
    this.#lanes = new Map(LANES.map((lane) => [lane, this.#lane(lane)]))
    this.#timers = settings.directory === undefined ? [] : this.#lookAfter(settings.directory)
    for (const { delivery } of this.#lanes.values()) void delivery.run()
  }

  #lane(lane: LaneName): LaneParts {
    const { meta, maxMemoryBytes } = this.#settings
    const segments = new SegmentQueue(damageNotes(this.#counters, this.#note))
    const memory = new MemoryQueue(meta, maxMemoryBytes, (count) => this.#counters.addDropped('memory_full', count))
    const parts = { lane, transport: this.#transport, counters: this.#counters, note: this.#note }
    return { segments, memory, delivery: new LaneDelivery({ ...parts, source: firstOf(segments, memory) }) }
  }

  /** Takes over what dead processes left, now and from time to time; says that this one lives; keeps the spool within its bounds. */
  #lookAfter(directory: string): NodeJS.Timeout[] {
    this.#renewAndAdopt(directory)
    return [
      setInterval(() => this.#renewAndAdopt(directory), LEASE_MILLIS).unref(),
      setInterval(() => this.#limit(), LIMIT_MILLIS).unref(),
    ]
  }

  #renewAndAdopt(directory: string): void {
    const { owner } = this.#settings
    try {
      renewLease(directory, owner)
      for (const { lane, path } of adoptSegments(directory, owner)) this.#lanes.get(lane)?.segments.adopt(path)
    } catch (error) {
      this.#note('spool', `can't look for segments of earlier processes in ${directory}: ${String(error)}`)
    }
  }

  #limit(): void {
    const { maxDiskBytes } = this.#settings
    const dropped = keepWithin(maxDiskBytes, this.#lanes)
    if (dropped === 0) return
    this.#counters.addDropped('spool_full', dropped)
    this.#note(
      'spool_full',
      `the spool holds its ${Math.round(maxDiskBytes / 1_048_576)} MiB: the oldest ${dropped} entries had to go`,
    )
  }

  receive(message: DeliveryMessage): void {
    const lane = this.#lanes.get(message.lane)
    if (message.type === 'segment') lane?.segments.add(message.path)
    else lane?.memory.add(Buffer.from(message.block.buffer, message.block.byteOffset, message.block.byteLength))
  }

  /** Tries at once to deliver all there is; true when nothing is left. */
  async drain(giveUp: boolean): Promise<boolean> {
    const drained = await Promise.all([...this.#lanes.values()].map(({ delivery }) => delivery.drain(giveUp)))
    return drained.every(Boolean)
  }

  /** Stops. What is on disk stays there for the next process; what is only in memory is counted as left out. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const { delivery, memory, segments } of this.#lanes.values()) {
      delivery.close()
      this.#counters.addDropped('shutdown', memory.clear())
      segments.close()
    }
    this.#transport.close()
  }
}

function damageNotes(counters: DeliveryCounters, note: Note): SegmentDamage {
  return {
    unreadable: (path, error) =>
      note('damaged', `can't read the spool segment ${path}, which is left where it is: ${String(error)}`),
    changed(path, count) {
      counters.addDropped('damaged', count)
      note('damaged', `${count} entries in the spool segment ${path} are damaged and left out`)
    },
    torn(path, bytes) {
      counters.addDropped('damaged', 1)
      note('damaged', `the last ${bytes} bytes of the spool segment ${path} are not whole and are left out`)
    },
  }
}

/** Reads from the first source until it has nothing, then from the second. */
function firstOf(first: BatchSource, second: BatchSource): BatchSource {
  return {
    read: (maxBytes): Batch | undefined => first.read(maxBytes) ?? second.read(maxBytes),
    holds: (batch) => first.holds(batch) || second.holds(batch),
    commit(batch) {
      first.commit(batch)
      second.commit(batch)
    },
  }
}
