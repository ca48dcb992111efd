import type { LogEntry } from '../otlp/decode-entry.ts'
import { entryLog, matches, type LogFilter, type StoredLog } from '../store/index.ts'

const MAX_WAITING = 1000

/** What a reader of the tail gets next. */
export type TailItem = { readonly record: StoredLog } | { readonly skipped: number }

/**
 * One reader. It keeps at most {@link MAX_WAITING} records for a reader that is too slow; those after that are counted, and
 * the reader is told in their place.
 */
export class TailReader {
  readonly filter: LogFilter
  readonly #onClose: (reader: TailReader) => void
  #waiting: StoredLog[] = []
  #skipped = 0
  #wake: (() => void) | undefined
  #isClosed = false

  constructor(filter: LogFilter, onClose: (reader: TailReader) => void) {
    this.filter = filter
    this.#onClose = onClose
  }

  push(record: StoredLog): void {
    if (this.#waiting.length < MAX_WAITING && this.#skipped === 0) this.#waiting.push(record)
    else this.#skipped++
    this.#wake?.()
  }

  /** The next items; waits for them at most that long, then empty. Undefined once closed. */
  async next(waitMillis: number): Promise<readonly TailItem[] | undefined> {
    if (this.#waiting.length === 0 && this.#skipped === 0 && !this.#isClosed) await this.#arrival(waitMillis)
    if (this.#isClosed) return undefined
    const items: TailItem[] = this.#waiting.map((record) => ({ record }))
    if (this.#skipped > 0) items.push({ skipped: this.#skipped })
    this.#waiting = []
    this.#skipped = 0
    return items
  }

  close(): void {
    this.#isClosed = true
    this.#wake?.()
    this.#onClose(this)
  }

  #arrival(waitMillis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMillis)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}

/** Hands records on, as they are stored, to those who read along. */
export class LiveTail {
  readonly #readers = new Set<TailReader>()

  /** A new reader; the caller closes it. */
  open(filter: LogFilter): TailReader {
    const reader = new TailReader(filter, (closed) => this.#readers.delete(closed))
    this.#readers.add(reader)
    return reader
  }

  /** Records just stored, with their ids; those without an id had been stored before. */
  publish(entries: readonly LogEntry[], ids: readonly (string | null)[]): void {
    if (this.#readers.size === 0) return
    for (const [index, entry] of entries.entries()) {
      const id = ids[index]
      if (typeof id !== 'string') continue
      let record: StoredLog | undefined
      for (const reader of this.#readers) {
        if (matches(entry, reader.filter)) reader.push((record ??= entryLog(entry, id)))
      }
    }
  }

  /** Ends all readers. */
  close(): void {
    for (const reader of this.#readers) reader.close()
  }
}
