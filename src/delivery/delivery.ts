import {
  adoptSegments,
  LANES,
  MemoryQueue,
  SegmentQueue,
  type Batch,
  type BatchSource,
  type LaneName,
  type SegmentDamage,
} from '../spool/index.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import { HttpTransport, type EndpointsSettings } from './http-transport.ts'
import { LaneDelivery } from './lane-delivery.ts'

/** Everything delivery needs, as plain data that can cross into a thread. */
export interface DeliverySettings {
  readonly endpoints: EndpointsSettings
  /** Where segments are; undefined when blocks only come by message. */
  readonly directory: string | undefined
  readonly owner: string
  /** The meta (resource) of blocks that come by message. */
  readonly meta: Uint8Array
  readonly maxMemoryBytes: number
  readonly counters: SharedArrayBuffer
}

/** What the writing side tells delivery. */
export type DeliveryMessage =
  | { readonly type: 'segment'; readonly lane: LaneName; readonly path: string }
  | { readonly type: 'block'; readonly lane: LaneName; readonly block: Uint8Array }

interface LaneParts {
  readonly segments: SegmentQueue
  readonly memory: MemoryQueue
  readonly delivery: LaneDelivery
}

/** The far end of the road: all lanes and one transport. Runs in a worker thread, or in the process where none can start. */
export class Delivery {
  readonly #settings: DeliverySettings
  readonly #transport: HttpTransport
  readonly #counters: DeliveryCounters
  readonly #lanes: ReadonlyMap<LaneName, LaneParts>

  constructor(settings: DeliverySettings, note: (code: string, message: string) => void) {
    this.#settings = settings
    this.#transport = new HttpTransport(settings.endpoints)
    this.#counters = new DeliveryCounters(settings.counters)
    this.#lanes = new Map(LANES.map((lane) => [lane, this.#lane(lane, note)]))
    this.#adopt(note)
    for (const { delivery } of this.#lanes.values()) void delivery.run()
  }

  #lane(lane: LaneName, note: (code: string, message: string) => void): LaneParts {
    const { meta, maxMemoryBytes } = this.#settings
    const segments = new SegmentQueue(damageNotes(this.#counters, note))
    const memory = new MemoryQueue(meta, maxMemoryBytes, (count) => this.#counters.addDropped('memory_full', count))
    const source = firstOf(segments, memory)
    const delivery = new LaneDelivery({ lane, source, transport: this.#transport, counters: this.#counters, note })
    return { segments, memory, delivery }
  }

  #adopt(note: (code: string, message: string) => void): void {
    const { directory, owner } = this.#settings
    if (directory === undefined) return
    try {
      for (const [lane, paths] of adoptSegments(directory, owner))
        for (const path of paths) this.#lanes.get(lane)?.segments.add(path)
    } catch (error) {
      note('spool', `can't look for segments of earlier processes in ${directory}: ${String(error)}`)
    }
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
    for (const { delivery, memory, segments } of this.#lanes.values()) {
      delivery.close()
      this.#counters.addDropped('shutdown', memory.clear())
      segments.close()
    }
    this.#transport.close()
  }
}

function damageNotes(counters: DeliveryCounters, note: (code: string, message: string) => void): SegmentDamage {
  return {
    unreadable: (path, error) =>
      note('damaged', `can't read the spool segment ${path}, which is left where it is: ${String(error)}`),
    changed(path, count) {
      counters.addDropped('damaged', count)
      note('damaged', `${count} entries in the spool segment ${path} are damaged and left out`)
    },
    torn(path, bytes) {
      counters.addDropped('damaged', 1)
      note(
        'damaged',
        `the last ${bytes} bytes of the spool segment ${path} were not written to their end and are left out`,
      )
    },
  }
}

/** Reads from the first source until it has nothing, then from the second; commits the one that was read. */
function firstOf(first: BatchSource, second: BatchSource): BatchSource {
  let last = first
  return {
    read(maxBytes): Batch | undefined {
      last = first
      const batch = first.read(maxBytes)
      if (batch !== undefined) return batch
      last = second
      return second.read(maxBytes)
    },
    commit: () => last.commit(),
  }
}
