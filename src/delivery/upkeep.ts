import { existsSync } from 'node:fs'
import {
  adoptSegments,
  endLease,
  LANES_TO_DROP,
  monotonicMillis,
  renewLease,
  SegmentWriter,
  shareOf,
  type LaneName,
  type MemoryQueue,
  type SegmentQueue,
} from '../spool/index.ts'
import type { DeliverySettings } from './delivery.ts'
import { DROP_REASONS, type DeliveryCounters } from './delivery-counters.ts'
import type { DeliveryListener } from './delivery-event.ts'
import type { LaneBooks } from './lane-books.ts'
import { keepWithin } from './room-limit.ts'

const LEASE_MILLIS = 10_000
const LOOK_MILLIS = 1_000

/** Where the entries of a lane wait, and its books. */
export interface LaneQueues {
  readonly segments: SegmentQueue
  readonly memory: MemoryQueue
  readonly books: LaneBooks
  /** Entries that came by message. */
  received: number
}

/** Looks after what waits: takes over what dead processes left, keeps to the bounds, brings to disk what had to stay in memory, and counts. */
export class Upkeep {
  readonly #settings: DeliverySettings
  readonly #lanes: ReadonlyMap<LaneName, LaneQueues>
  readonly #counters: DeliveryCounters
  readonly #tell: DeliveryListener
  readonly #isOutage: () => boolean
  readonly #timers: readonly NodeJS.Timeout[]
  #leftOut = 0

  constructor(
    settings: DeliverySettings,
    lanes: ReadonlyMap<LaneName, LaneQueues>,
    counters: DeliveryCounters,
    { tell, isOutage }: { readonly tell: DeliveryListener; readonly isOutage: () => boolean },
  ) {
    this.#settings = settings
    this.#lanes = lanes
    this.#counters = counters
    this.#tell = tell
    this.#isOutage = isOutage
    this.adopt()
    this.#look()
    this.#timers = [
      setInterval(() => this.adopt(), LEASE_MILLIS).unref(),
      setInterval(() => this.#look(), LOOK_MILLIS).unref(),
    ]
  }

  /** The spool's directory; undefined when there is none, or none yet. */
  get #directory(): string | undefined {
    const { directory } = this.#settings
    return directory !== undefined && existsSync(directory) ? directory : undefined
  }

  #note(code: string, message: string): void {
    this.#tell({ type: 'note', code, message })
  }

  /** Says that this owner lives, and takes over what dead ones left. */
  adopt(): void {
    const directory = this.#directory
    if (directory === undefined) return
    const { owner } = this.#settings
    // Without a lease nobody could tell whether the others' are old. Who writes segments says that the disk can't be written.
    if (!tryToRenew(directory, owner)) return
    try {
      const lanes = new Set(this.#lanes.keys())
      for (const { lane, path } of adoptSegments(directory, owner, lanes)) this.#lanes.get(lane)?.segments.adopt(path)
    } catch (error) {
      this.#note('spool', `can't look for segments of earlier processes in ${directory}: ${String(error)}`)
    }
  }

  #look(): void {
    try {
      this.#expire()
      this.#limitDisk()
      if (this.#isOutage()) this.rescue()
      this.publish()
    } catch (error) {
      this.#note('delivery', `the spool could not be looked after: ${String(error)}`)
    }
    const leftOut = DROP_REASONS.reduce((total, reason) => total + this.#counters.dropped(reason), 0)
    if (leftOut !== this.#leftOut) this.#tell({ type: 'left_out' })
    this.#leftOut = leftOut
  }

  #expire(): void {
    const before = monotonicMillis() - this.#settings.maxAgeMillis
    for (const [lane, { segments, books }] of this.#lanes) {
      if (lane !== 'audit') books.dropped('expired', segments.expire(before))
    }
  }

  #limitDisk(): void {
    const directory = this.#directory
    if (directory === undefined) return
    const { maxDiskBytes, owner } = this.#settings
    const queues = new Map([...this.#lanes].map(([lane, { segments }]) => [lane, segments]))
    keepWithin(shareOf(maxDiskBytes, directory, owner), queues, LANES_TO_DROP, (lane, count) => {
      this.#lanes.get(lane)?.books.dropped('spool_full', count)
      const size = `${Math.round(maxDiskBytes / 1_048_576)} MiB`
      this.#note('spool_full', `the spool holds its ${size}: the oldest ${count} ${lane} entries had to go`)
    })
  }

  /** Keeps the memory within its bounds: without a disk even audit is bounded, but goes last. */
  limitMemory(): void {
    const queues = new Map([...this.#lanes].map(([lane, { memory }]) => [lane, memory]))
    keepWithin(this.#settings.maxMemoryBytes, queues, [...LANES_TO_DROP, 'audit'], (lane, count) =>
      this.#lanes.get(lane)?.books.dropped('memory_full', count),
    )
  }

  /** Entries came by message because the disk could not be written: perhaps it can by now. Not while they go out: they would go out twice. */
  rescue(): void {
    const { directory, owner, meta, maxDiskBytes } = this.#settings
    const waiting = [...this.#lanes].filter(([, { memory }]) => memory.count > 0)
    if (directory === undefined || waiting.length === 0) return
    const opened: [LaneName, string][] = []
    const writer = new SegmentWriter({
      directory,
      owner,
      writer: `${owner}-${Math.round(monotonicMillis())}`,
      meta,
      maxBytes: maxDiskBytes,
      opened: (lane, path) => opened.push([lane, path]),
      wrote: () => {},
      failed: () => false,
    })
    for (const [lane, { memory }] of waiting) memory.moveTo((block, count) => writer.write(lane, block, count))
    writer.close()
    for (const [lane, path] of opened) this.#lanes.get(lane)?.segments.adopt(path)
  }

  /** Entries that wait. */
  get waiting(): number {
    let count = 0
    for (const { segments, memory } of this.#lanes.values()) count += segments.count + memory.count
    return count
  }

  /** Writes down how much waits. */
  publish(): void {
    const counters = this.#counters
    const bytes = { spool: 0, memory: 0 }
    let oldest = Infinity
    for (const [lane, { segments, memory, received }] of this.#lanes) {
      counters.set(`beyond.spool.${lane}`, segments.beyond)
      counters.set(`beyond.memory.${lane}`, memory.count - received)
      bytes.spool += segments.pendingBytes
      bytes.memory += memory.byteLength
      oldest = Math.min(oldest, segments.oldestMillis ?? Infinity, memory.oldestMillis ?? Infinity)
    }
    counters.set('bytes.spool', bytes.spool)
    counters.set('bytes.memory', bytes.memory)
    counters.set('oldest', oldest)
  }

  /** Looks no more, and writes down how things are. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.publish()
  }

  /** Others may take over what is left. */
  release(): void {
    if (this.#directory !== undefined) endLease(this.#directory, this.#settings.owner)
  }
}

function tryToRenew(directory: string, owner: string): boolean {
  try {
    renewLease(directory, owner)
    return true
  } catch {
    return false
  }
}
