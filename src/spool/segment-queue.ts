import { QueuedSegment, type SegmentDamage } from './queued-segment.ts'
import type { SegmentReader } from './segment-reader.ts'
import type { Batch, BatchSource } from './source.ts'

interface Readable {
  readonly segment: QueuedSegment
  readonly reader: SegmentReader
  readonly headMillis: number
}

/** The segments of one lane, oldest first, read one after another; each is deleted once all of it was delivered. */
export class SegmentQueue implements BatchSource {
  readonly #damage: SegmentDamage
  readonly #written: () => number
  /** By age. */
  readonly #complete: QueuedSegment[] = []
  #growing: QueuedSegment | undefined
  #before = 0
  /** Where the batch that is out comes from. */
  #held: Readable | undefined

  /** @param written how many entries this process has written to segments of the lane so far */
  constructor(damage: SegmentDamage, written: () => number = () => 0) {
    this.#damage = damage
    this.#written = written
  }

  /**
   * Adds a segment that its writer may still append to. The one before it is complete.
   * @param before entries that were written to earlier segments of the lane
   */
  add(path: string, before = 0): void {
    if (this.#growing !== undefined) {
      this.#growing.complete(before - this.#before)
      this.#insert(this.#growing)
    }
    this.#before = before
    this.#growing = new QueuedSegment(path, this.#damage, () => this.#written() - before)
  }

  /** Adds a segment that nobody writes to any more. */
  adopt(path: string): void {
    const segment = new QueuedSegment(path, this.#damage)
    if (segment.survey()) this.#insert(segment)
  }

  #insert(segment: QueuedSegment): void {
    const at = this.#complete.findIndex(({ sinceMillis }) => sinceMillis > segment.sinceMillis)
    this.#complete.splice(at < 0 ? this.#complete.length : at, 0, segment)
  }

  #remove(segment: QueuedSegment): void {
    const at = this.#complete.indexOf(segment)
    if (at >= 0) this.#complete.splice(at, 1)
    if (this.#held?.segment === segment) this.#held = undefined
  }

  get headMillis(): number | undefined {
    return this.#held === undefined ? this.oldestMillis : -Infinity
  }

  /** When the oldest entry was written that waits here. */
  get oldestMillis(): number | undefined {
    return this.#readable()[0]?.headMillis
  }

  /** Of the complete segments the first, and the one that grows; in front the one with the older block. Done with those that have nothing left. */
  #readable(): Readable[] {
    const readable: Readable[] = []
    for (const segment of [...this.#complete, this.#growing]) {
      if (segment === undefined || (readable.length > 0 && !segment.growing)) continue
      const reader = segment.open()
      const headMillis = reader?.headMillis
      if (reader === undefined && !segment.growing) this.#remove(segment)
      else if (reader !== undefined && headMillis !== undefined) readable.push({ segment, reader, headMillis })
      else if (!segment.growing && segment !== this.#held?.segment) this.#finish(segment)
    }
    return readable.sort((a, b) => a.headMillis - b.headMillis)
  }

  #finish(segment: QueuedSegment): void {
    segment.finish()
    this.#remove(segment)
  }

  read(maxBytes: number, notAfter = Infinity): Batch | undefined {
    while (this.#held === undefined) {
      const [first, second] = this.#readable()
      const end = Math.min(notAfter, second?.headMillis ?? Infinity)
      if (first?.reader.read(maxBytes, end) !== undefined) this.#held = first
      else if (second?.reader.read(maxBytes, notAfter) !== undefined) this.#held = second
      else {
        // A last block whose bytes changed: of a segment that still grows it may yet come.
        const stuck = [first, second].find((one) => one?.segment.growing === false)
        if (stuck === undefined) return undefined
        this.#finish(stuck.segment)
      }
    }
    return this.#held.reader.batch
  }

  holds(batch: Batch): boolean {
    return this.#held?.reader.batch === batch
  }

  decide(batch: Batch, count: number): void {
    if (this.#held === undefined || !this.holds(batch)) return
    this.#held.segment.settle(count)
    this.#held.reader.decide(count)
  }

  commit(batch: Batch): void {
    if (this.#held === undefined || !this.holds(batch)) return
    this.#held.segment.settle(this.#held.reader.commit())
    this.#held = undefined
  }

  get #all(): readonly QueuedSegment[] {
    return this.#growing === undefined ? this.#complete : [...this.#complete, this.#growing]
  }

  /** Bytes on disk, of all segments. */
  get byteLength(): number {
    return this.#all.reduce((total, { byteLength }) => total + byteLength, 0)
  }

  /** Bytes that wait, as far as is known. */
  get pendingBytes(): number {
    return this.#all.reduce((total, { pendingBytes }) => total + pendingBytes, 0)
  }

  /** How many more entries wait than this process has written. */
  get beyond(): number {
    const complete = this.#complete.reduce((total, { count }) => total + count, 0)
    return this.#growing === undefined ? complete : complete - this.#before - this.#growing.gone
  }

  /** Entries that wait. */
  get count(): number {
    return this.#all.reduce((total, { count }) => total + count, 0)
  }

  /**
   * Gives up the oldest segment that is complete, to make room.
   * @returns how many entries it still held; undefined when there is none to give up
   */
  dropOldest(): number | undefined {
    const [oldest] = this.#complete
    if (oldest === undefined) return undefined
    const { count } = oldest
    oldest.drop()
    this.#remove(oldest)
    return count
  }

  /**
   * Gives up what was written before a time.
   * @returns how many entries that were
   */
  expire(before: number): number {
    let expired = 0
    for (;;) {
      const [oldest] = this.#readable()
      const count = oldest?.reader.expire(before) ?? 0
      if (oldest === undefined || count === 0) return expired
      oldest.segment.settle(count)
      expired += count
      if (this.#held?.reader.batch === undefined) this.#held = undefined
    }
  }

  /** Closes the segments that are being read; removes those in which nothing is left to deliver. */
  close(): void {
    for (const segment of this.#all) segment.leave()
    this.#held = undefined
  }
}
