import { ByteWriter } from '../otlp/index.ts'
import { LANES, type LaneName } from './lane.ts'
import { Page, type Group } from './page.ts'

const PAGE_BYTES = 64 * 1024
/** A page that holds so many is sealed. */
const FULL_BYTES = PAGE_BYTES - 4_096

/** Takes finished blocks, in order. Says whether the block's memory may be used again at once. Must not throw. */
export interface BlockSink {
  write(lane: LaneName, block: Buffer, count: number): boolean
  /** Hears of an entry that is left out. Must not throw. */
  leftOut?(lane: LaneName): void
}

interface DeferredEntry {
  readonly lane: LaneName
  readonly group: Group
  readonly bytes: Uint8Array
  readonly urgent: boolean
}

export interface SpoolSettings {
  /** Longest time an entry waits in memory before it is written. */
  readonly writeDelayMillis: number
}

/**
 * The near end of the road: entries are encoded into the page of their lane, and a page becomes a block for the sink when it is full, when an urgent
 * entry came, or after the write delay. Synchronous; owned by one thread.
 */
export class Spool {
  readonly #sink: BlockSink
  readonly #settings: SpoolSettings
  readonly #pages: ReadonlyMap<LaneName, Page>
  #timer: NodeJS.Timeout | undefined
  #appended = 0
  #writeThrough = false
  /** The page an entry is being encoded into. */
  #encoding: Page | undefined
  /** Whether a block is being written, which must not change meanwhile. */
  #isSealing = false
  readonly #deferred: DeferredEntry[] = []

  constructor(sink: BlockSink, settings: SpoolSettings) {
    this.#sink = sink
    this.#settings = settings
    this.#pages = new Map(LANES.map((lane) => [lane, new Page(PAGE_BYTES)]))
  }

  /** Entries appended since the start. */
  get appended(): number {
    return this.#appended
  }

  /** Entries that are in no block yet. */
  get unsealed(): number {
    let count = 0
    for (const page of this.#pages.values()) count += page.count
    return count
  }

  /** Appends the bytes that `encode` writes. An error of `encode` takes the entry back and is thrown on. */
  append<T>(
    lane: LaneName,
    group: Group,
    item: T,
    encode: (writer: ByteWriter, item: T) => void,
    urgent: boolean,
  ): void {
    if (this.#encoding !== undefined || this.#isSealing) return this.#defer(lane, group, item, encode, urgent)
    const page = this.#pages.get(lane) as Page
    const writer = page.begin(group)
    this.#encoding = page
    try {
      encode(writer, item)
    } catch (error) {
      page.abandon()
      throw error
    } finally {
      this.#encoding = undefined
    }
    page.end()
    this.#appended++
    if (urgent || this.#writeThrough || page.byteLength >= FULL_BYTES) this.#seal(lane, page)
    else if (this.#timer === undefined) this.#startTimer()
    if (this.#deferred.length > 0) this.#appendDeferred()
  }

  // Apart from `append`: there V8 would make an object for the closure at every call.
  #startTimer(): void {
    this.#timer = setTimeout(() => this.seal(), this.#settings.writeDelayMillis).unref()
  }

  /** An entry said while another is being encoded, by a value's own code (a getter, toJSON), or while a block is being written, by who watches what we do to files: it is encoded apart and appended afterwards. */
  #defer<T>(
    lane: LaneName,
    group: Group,
    item: T,
    encode: (writer: ByteWriter, item: T) => void,
    urgent: boolean,
  ): void {
    const apart = new ByteWriter(1_024)
    encode(apart, item)
    this.#deferred.push({ lane, group, bytes: apart.copy(), urgent })
  }

  /** Seals at most once: where each write makes an entry of its own, one that waits for the next write, or else nothing would ever end. */
  #appendDeferred(): void {
    if (this.#takeDeferred()) this.#sealAll()
    if (this.#writeThrough) this.#leaveOutDeferred()
    else if (this.#timer === undefined) this.#startTimer()
  }

  /** Puts what was deferred into the pages; says whether they are to be sealed. */
  #takeDeferred(): boolean {
    let due = this.#writeThrough
    for (const { lane, group, bytes, urgent } of this.#deferred.splice(0)) {
      const page = this.#pages.get(lane) as Page
      page.begin(group).bytes(bytes)
      page.end()
      this.#appended++
      due ||= urgent || page.byteLength >= FULL_BYTES
    }
    return due
  }

  /** Nothing may come any more that would write them. */
  #leaveOutDeferred(): void {
    for (const { lane } of this.#deferred.splice(0)) {
      this.#appended++
      this.#sink.leftOut?.(lane)
    }
  }

  /** From now on nothing waits in memory: the process is about to end. An entry under way is given up: its own value has ended the process, and nothing returns to it. */
  writeThrough(): void {
    this.#writeThrough = true
    this.#encoding?.abandon()
    this.#encoding = undefined
    this.seal()
  }

  /** Hands everything that waits in memory to the sink. */
  seal(): void {
    // Asked for by a value's own code while it is being encoded: the entry around it is not whole yet.
    if (this.#encoding !== undefined || this.#isSealing) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#takeDeferred()
    this.#sealAll()
    if (this.#deferred.length > 0) this.#appendDeferred()
  }

  #sealAll(): void {
    for (const [lane, page] of this.#pages) if (page.count > 0) this.#seal(lane, page)
  }

  #seal(lane: LaneName, page: Page): void {
    this.#isSealing = true
    try {
      page.reset(this.#sink.write(lane, page.seal(), page.count))
    } finally {
      this.#isSealing = false
    }
  }
}
