import { existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { monotonicMillis } from './monotonic-clock.ts'
import { LEAST_SEGMENT_BYTES } from './segment.ts'
import { isSameSegment } from './segment-name.ts'
import { SegmentReader } from './segment-reader.ts'
import { tryToRemove } from './try-to-remove.ts'

/** Hears of entries that are lost in the spool itself: of which file, how many as far as is known, and how. */
export type SegmentDamage = (path: string, count: number, how: string) => void

/** One segment of a queue: its reader, opened when it is needed, and how many of its entries still wait. */
export class QueuedSegment {
  readonly path: string
  /** When its first entry was written that was not delivered, as far as is known. */
  sinceMillis = monotonicMillis()
  readonly #foundMillis = this.sinceMillis
  readonly #damage: SegmentDamage
  #growing: (() => number) | undefined
  #entries = 0
  #gone = 0
  #reader: SegmentReader | undefined

  /** @param growing how many entries its writer has given it so far; undefined when nobody writes to it any more */
  constructor(path: string, damage: SegmentDamage, growing?: () => number) {
    this.path = path
    this.#damage = damage
    this.#growing = growing
  }

  get growing(): boolean {
    return this.#growing !== undefined
  }

  /** Its writer has moved on, having given it so many entries. */
  complete(entries: number): void {
    this.#growing = undefined
    this.#entries = entries
  }

  /** Counts the entries of a segment that a writer who is gone left behind; false when it can't be read at all. */
  survey(): boolean {
    const reader = this.open()
    if (reader === undefined) return false
    this.#entries = this.#gone + reader.countPending()
    this.sinceMillis = reader.headMillis ?? this.sinceMillis
    this.close()
    return true
  }

  /** Entries that wait. */
  get count(): number {
    return Math.max(0, (this.#growing?.() ?? this.#entries) - this.#gone)
  }

  /** Entries that wait no more. */
  get gone(): number {
    return this.#gone
  }

  /** Bytes on disk. */
  get byteLength(): number {
    return sizeOf(this.path)
  }

  /** Bytes that wait, as far as is known without opening it. */
  get pendingBytes(): number {
    return this.#reader?.pendingBytes ?? this.byteLength
  }

  /** So many entries do not wait any more. */
  settle(count: number): void {
    this.#gone += count
  }

  /** Its reader; undefined when it can't be read at all. That is told once it is known how many entries it has. */
  open(): SegmentReader | undefined {
    try {
      this.#reader ??= this.#newReader()
    } catch (error) {
      if (!this.growing) this.#lose(error)
    }
    return this.#reader
  }

  #newReader(): SegmentReader {
    const reader = new SegmentReader(this.path, this.#foundMillis, (count) => {
      this.settle(count)
      this.#damage(this.path, count, 'bytes in it changed')
    })
    this.#gone = reader.countDelivered()
    return reader
  }

  #lose(error: unknown): void {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.#missed()
    // Made, but not written to before its writer died.
    if (this.count === 0 && this.byteLength < LEAST_SEGMENT_BYTES) return tryToRemove(this.path)
    const reason = error instanceof Error ? error.message : String(error)
    this.#damage(this.path, Math.max(1, this.count), `${reason}; it is kept as ${setAside(this.path)}`)
  }

  /** The file is not there any more. Another process may have taken it over, which it may when it takes the owner for dead. */
  #missed(): void {
    if (!hasHeir(this.path)) this.#damage(this.path, Math.max(1, this.count), 'somebody removed it')
  }

  /** Removes it: its writer has moved on or is gone, so what is left can't be read and never will be. */
  finish(): void {
    const lost = Math.max(this.count, (this.#reader?.pendingBytes ?? 0) > 0 ? 1 : 0)
    if (lost > 0) this.#damage(this.path, lost, "its end can't be read")
    this.drop()
  }

  /** Removes it with all that is in it. */
  drop(): void {
    this.close()
    tryToRemove(this.path)
  }

  /** Closes it at the end of the process: it stays for the next one if something in it is left to deliver. */
  leave(): void {
    if (this.#reader?.pendingBytes === 0) return this.drop()
    if (this.count > 0 && !existsSync(this.path)) this.#missed()
    this.close()
  }

  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }
}

function hasHeir(path: string): boolean {
  try {
    return readdirSync(dirname(path)).some((file) => isSameSegment(file, basename(path)))
  } catch {
    return false
  }
}

/** Renames what can't be read, so that it is found once only; answers its name. */
function setAside(path: string): string {
  try {
    renameSync(path, `${path}.damaged`)
    return `${path}.damaged`
  } catch {
    return path
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
