import { batch, signal } from '@preact/signals'
import type { LogRecord, SearchAnswer } from '../api/contract.ts'
import { requestJson, type Query } from '../api/request.ts'
import { mergeNewest } from './merge.ts'
import { rowOf } from './row.ts'

/** No more rows than this are kept in the page; the store has the rest. */
export const MOST_ROWS = 20_000
/** Rows of one page. */
export const PAGE = 200
const CATCH_UP = 1_000

/** The rows of the logs page, newest first: reads pages, takes in what arrives, keeps at most {@link MOST_ROWS}. */
export class LogFeed {
  readonly rows = signal<readonly LogRecord[]>([])
  /** Records that arrived while the reader looked at older ones. */
  readonly waiting = signal<readonly LogRecord[]>([])
  readonly loading = signal(false)
  readonly error = signal<Error | null>(null)
  /** Whether older records were left out to stay within {@link MOST_ROWS}. */
  readonly capped = signal(false)
  /** Whether there is a further page. */
  readonly more = signal(false)
  /** Whether arriving records wait instead of moving the rows under the reader. */
  hold = false

  #query: Query = {}
  #cursor: string | null = null
  #known = new Set<string>()
  #abort = new AbortController()
  /** What arrives while the first page is read. */
  #early: LogRecord[] | null = null

  /** Starts again with the first page of a query. The rows shown stay until the new ones are there. */
  async open(query: Query): Promise<void> {
    this.#query = query
    this.#abort.abort()
    this.#abort = new AbortController()
    this.#early = []
    const answer = await this.#ask({ ...query, limit: PAGE })
    if (!answer) return
    const early = this.#early
    this.#early = null
    this.#known = new Set(answer.records.map((record) => record.id))
    batch(() => {
      this.rows.value = answer.records.map(rowOf)
      this.waiting.value = []
      this.capped.value = false
      this.#setCursor(answer.next_cursor)
      this.add(early)
    })
  }

  /** Reads the next older page, if there is one. */
  async loadMore(): Promise<void> {
    if (this.loading.value || this.#cursor === null) return
    const answer = await this.#ask({ ...this.#query, limit: PAGE, cursor: this.#cursor })
    if (!answer) return
    const older = this.#unknown(answer.records)
    batch(() => {
      this.#setCursor(answer.next_cursor)
      this.#show([...this.rows.value, ...older.map(rowOf)])
    })
  }

  /** Reads what was missed while the tail was away, or, at first, not open yet. */
  async catchUp(most = CATCH_UP): Promise<void> {
    const answer = await this.#ask({ ...this.#query, limit: most })
    if (!answer || this.#early) return
    const fresh = this.#unknown(answer.records)
    if (fresh.length === CATCH_UP) return this.open(this.#query)
    this.#takeIn(fresh.map(rowOf).toReversed())
  }

  /** Takes in records from the tail, in order of arrival. */
  add(records: readonly LogRecord[]): void {
    if (this.#early) this.#early.push(...records)
    else this.#takeIn(this.#unknown(records))
  }

  /** Shows what waited. */
  release(): void {
    if (this.waiting.value.length === 0) return
    const waiting = this.waiting.value.toReversed()
    batch(() => {
      this.waiting.value = []
      this.#show(mergeNewest(this.rows.value, waiting))
    })
  }

  #takeIn(fresh: readonly LogRecord[]): void {
    if (fresh.length === 0) return
    if (this.hold) this.waiting.value = this.#trim(mergeNewest(this.waiting.value, fresh))
    else this.#show(mergeNewest(this.rows.value, fresh))
  }

  #show(rows: LogRecord[]): void {
    if (rows.length >= MOST_ROWS) {
      this.capped.value = true
      this.#setCursor(null)
    }
    this.rows.value = this.#trim(rows)
  }

  #trim(rows: LogRecord[]): readonly LogRecord[] {
    for (const row of rows.splice(MOST_ROWS)) this.#known.delete(row.id)
    return rows
  }

  #unknown(records: readonly LogRecord[]): LogRecord[] {
    return records.filter((record) => !this.#known.has(record.id) && this.#known.add(record.id))
  }

  #setCursor(cursor: string | null): void {
    this.#cursor = cursor
    this.more.value = cursor !== null
  }

  async #ask(query: Query): Promise<SearchAnswer | undefined> {
    const { signal } = this.#abort
    this.loading.value = true
    try {
      const answer = await requestJson<SearchAnswer>('logs/search', query, signal)
      if (signal.aborted) return undefined
      this.error.value = null
      return answer
    } catch (error) {
      if (!signal.aborted) this.error.value = error as Error
      return undefined
    } finally {
      if (!signal.aborted) this.loading.value = false
    }
  }
}
