import { batch, signal } from '@preact/signals'
import type { SessionAnswer, SessionItem } from '../api/contract.ts'
import { requestJson } from '../api/request.ts'

/** No more items than this are kept in the page; the store has the rest. */
export const MOST_ITEMS = 20_000
const PAGE = 1_000

/** A session's life: reads it page by page, and again while it goes on. */
export class SessionFeed {
  readonly answer = signal<SessionAnswer | null>(null)
  /** In order of time. */
  readonly items = signal<readonly SessionItem[]>([])
  readonly error = signal<Error | null>(null)
  /** Whether all items are there, but for what is beyond {@link MOST_ITEMS}. */
  readonly complete = signal(false)
  readonly capped = signal(false)
  readonly #path: string
  readonly #abort = new AbortController()
  #known = new Set<string>()
  /** Where the last page that was full ended: what is behind it is read again. */
  #cursor: string | null = null
  #reading: Promise<void> | undefined
  #isStale = false
  #tookMillis = 0

  constructor(sessionId: string) {
    this.#path = `sessions/${encodeURIComponent(sessionId)}`
  }

  /** Reads what is new; while it is being read, once more afterwards. */
  refresh(): void {
    if (this.#reading) {
      this.#isStale = true
      return
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined
      if (!this.#isStale || this.#abort.signal.aborted) return
      this.#isStale = false
      this.refresh()
    })
  }

  /** How long to wait before the next refresh, so that a long life, which takes long to read, is not read all the time. */
  get pauseMillis(): number {
    return Math.max(1_000, this.#tookMillis * 10)
  }

  close(): void {
    this.#abort.abort()
  }

  async #read(): Promise<void> {
    const started = performance.now()
    try {
      const first = await this.#ask(null)
      this.#take(first)
      this.answer.value = first
      this.#cursor ??= first.next_cursor
      for (let cursor = this.#cursor; cursor !== null && !this.capped.value;) {
        const page = await this.#ask(cursor)
        this.#take(page)
        if (page.next_cursor !== null) this.#cursor = page.next_cursor
        cursor = page.next_cursor
      }
      this.complete.value = true
      this.error.value = null
    } catch (error) {
      if (!this.#abort.signal.aborted) this.error.value = error as Error
    }
    this.#tookMillis = performance.now() - started
  }

  #ask(cursor: string | null): Promise<SessionAnswer> {
    return requestJson<SessionAnswer>(this.#path, { limit: PAGE, cursor }, this.#abort.signal)
  }

  #take({ items }: SessionAnswer): void {
    const fresh = items.filter((item) => !this.#known.has(itemKey(item)))
    if (fresh.length === 0) return
    for (const item of fresh) this.#known.add(itemKey(item))
    const all = [...this.items.value, ...fresh].sort((a, b) => (itemNanos(a) < itemNanos(b) ? -1 : 1))
    batch(() => {
      this.capped.value = all.length >= MOST_ITEMS
      this.items.value = all.slice(0, MOST_ITEMS)
    })
  }
}

/** One text for the same item. */
export function itemKey(item: SessionItem): string {
  return item.record ? `r${item.record.id}` : `s${item.span.trace_id}${item.span.span_id}`
}

/** When it was, milliseconds since 1970. */
export function itemMillis(item: SessionItem): number {
  return Date.parse(item.record ? item.record.timestamp : item.span.start)
}

function itemNanos(item: SessionItem): bigint {
  return BigInt((item.record ? item.record.time_unix_nano : item.span.start_unix_nano) ?? 0)
}
