import type { ByteWriter } from '../otlp/index.ts'
import { LANES, type LaneName } from './lane.ts'
import { Page, type Group } from './page.ts'

const PAGE_BYTES = 64 * 1024

/** Takes finished blocks, in order. Says whether the block's memory may be used again at once. Must not throw. */
export interface BlockSink {
  write(lane: LaneName, block: Buffer, count: number): boolean
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

  constructor(sink: BlockSink, settings: SpoolSettings) {
    this.#sink = sink
    this.#settings = settings
    this.#pages = new Map(LANES.map((lane) => [lane, new Page(PAGE_BYTES)]))
  }

  /** Entries appended since the start. */
  get appended(): number {
    return this.#appended
  }

  /** Appends the bytes that `encode` writes. An error of `encode` takes the entry back and is thrown on. */
  append<T>(
    lane: LaneName,
    group: Group,
    item: T,
    encode: (writer: ByteWriter, item: T) => void,
    urgent: boolean,
  ): void {
    const page = this.#pages.get(lane) as Page
    const writer = page.begin(group)
    try {
      encode(writer, item)
    } catch (error) {
      page.abandon()
      throw error
    }
    page.end()
    this.#appended++
    if (urgent || this.#writeThrough || page.byteLength >= PAGE_BYTES - 4_096) this.#seal(lane, page)
    else this.#timer ??= setTimeout(() => this.seal(), this.#settings.writeDelayMillis).unref()
  }

  /** From now on nothing waits in memory: the process is about to end. */
  writeThrough(): void {
    this.#writeThrough = true
    this.seal()
  }

  /** Hands everything that waits in memory to the sink. */
  seal(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [lane, page] of this.#pages) if (page.count > 0) this.#seal(lane, page)
  }

  #seal(lane: LaneName, page: Page): void {
    page.reset(this.#sink.write(lane, page.seal(), page.count))
  }
}
