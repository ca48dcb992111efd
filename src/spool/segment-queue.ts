import { statSync, unlinkSync } from 'node:fs'
import { SegmentReader } from './segment-reader.ts'
import type { Batch, BatchSource } from './source.ts'

/** Hears of what can't be read. */
export interface SegmentDamage {
  /** A file that is no segment; it is left where it is. */
  unreadable(path: string, error: unknown): void
  /** A block whose bytes changed, with so many entries in it; it is left out. */
  changed(path: string, count: number): void
  /** A last block that was not written to its end. */
  torn(path: string, bytes: number): void
}

interface Segment {
  readonly path: string
  /** Its writer may still append to it. */
  growing: boolean
}

/** The segments of one lane, oldest first, read one after another; each is deleted once all of it was delivered. */
export class SegmentQueue implements BatchSource {
  readonly #damage: SegmentDamage
  #waiting: Segment[] = []
  #current: (Segment & { readonly reader: SegmentReader }) | undefined

  constructor(damage: SegmentDamage) {
    this.#damage = damage
  }

  /** Adds a segment that its writer may still append to. The one before it is complete. */
  add(path: string): void {
    for (const segment of this.#waiting) segment.growing = false
    if (this.#current !== undefined) this.#current.growing = false
    this.#waiting.push({ path, growing: true })
  }

  /** Adds a segment whose writer is gone, before those that still grow. */
  adopt(path: string): void {
    const at = this.#waiting.findIndex(({ growing }) => growing)
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { path, growing: false })
  }

  read(maxBytes: number): Batch | undefined {
    for (;;) {
      this.#current ??= this.#open()
      if (this.#current === undefined) return undefined
      const { reader, growing } = this.#current
      const batch = reader.read(maxBytes)
      if (batch !== undefined || growing) return batch
      this.#finish()
    }
  }

  /** Its writer has moved on or is gone: what is left can't be read and never will be. */
  #finish(): void {
    const { reader } = this.#current as { reader: SegmentReader }
    if (reader.pendingBytes > 0) this.#damage.torn(reader.path, reader.pendingBytes)
    reader.close(true)
    this.#current = undefined
  }

  #open(): (Segment & { readonly reader: SegmentReader }) | undefined {
    for (;;) {
      const segment = this.#waiting.shift()
      if (segment === undefined) return undefined
      const { path, growing } = segment
      try {
        return { path, growing, reader: new SegmentReader(path, (count) => this.#damage.changed(path, count)) }
      } catch (error) {
        // Made, but not written to before its writer died.
        if (!growing && sizeOf(path) === 0) unlinkSync(path)
        else this.#damage.unreadable(path, error)
      }
    }
  }

  holds(batch: Batch): boolean {
    return this.#current?.reader.batch === batch
  }

  commit(batch: Batch): void {
    if (this.holds(batch)) this.#current?.reader.commit()
  }

  /** Bytes on disk, of all segments. */
  get byteLength(): number {
    const paths = [
      ...(this.#current === undefined ? [] : [this.#current.path]),
      ...this.#waiting.map(({ path }) => path),
    ]
    return paths.reduce((total, path) => total + sizeOf(path), 0)
  }

  /**
   * Gives up the oldest segment that is complete, to make room.
   * @returns how many entries it still held; undefined when there is none to give up
   */
  dropOldest(): number | undefined {
    this.#current ??= this.#open()
    if (this.#current === undefined || this.#current.growing) return undefined
    const { reader } = this.#current
    const remaining = reader.remaining()
    reader.close(true)
    this.#current = undefined
    return remaining
  }

  /** Closes the segment being read; removes it when nothing in it is left to deliver. */
  close(): void {
    if (this.#current === undefined) return
    const { reader } = this.#current
    reader.close(reader.pendingBytes === 0)
    this.#current = undefined
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
