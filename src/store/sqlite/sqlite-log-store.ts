import type { Attributes, LogEntry, SpanEntry } from '../../otlp/decode-entry.ts'
import type {
  AppendedLogs,
  ComponentCount,
  Histogram,
  LogFilter,
  LogPage,
  LogStatistics,
  LogStore,
  SessionFilter,
  SessionLifeQuery,
  SessionListQuery,
  SessionPage,
  StoreCapabilities,
  StoreHealth,
  TimeRange,
  TraceFilter,
} from '../log-store.ts'
import type { Level } from '../level.ts'
import type { SessionLife } from '../session/stored-session.ts'
import type { StoredLog } from '../stored-log.ts'
import type { StoredTrace, TraceSummary } from '../stored-trace.ts'
import { countLogs, deleteSessions, deleteSomeLogs, deleteSpans } from './cleanup.ts'
import { Database } from './database.ts'
import { LogCounts } from './log-counts.ts'
import { LogReader } from './log-reader.ts'
import { LogStatisticsReader } from './log-statistics.ts'
import { LogWriter } from './log-writer.ts'
import { Names } from './names.ts'
import { RecordIds } from './record-ids.ts'
import { SessionLives } from './session-lives.ts'
import { SessionReader } from './session-reader.ts'
import { SessionWriter } from './session-writer.ts'
import { SpanWriter } from './span-writer.ts'
import { TraceReader } from './trace-reader.ts'
import { WriteQueue } from './write-queue.ts'

/** The embedded engine: one SQLite file, which it alone writes. Queries run on the caller's thread. */
export class SqliteLogStore implements LogStore {
  readonly capabilities: StoreCapabilities = {
    engine: 'sqlite',
    wordSearch: true,
    deletion: true,
    traces: true,
    sessions: true,
    deduplication: true,
  }
  readonly #database: Database
  readonly #ids: RecordIds
  readonly #counts: LogCounts
  readonly #logWriter: LogWriter
  readonly #spanWriter: SpanWriter
  readonly #logs: LogReader
  readonly #traces: TraceReader
  readonly #statistics: LogStatisticsReader
  readonly #sessionWriter: SessionWriter
  readonly #sessions: SessionReader
  readonly #lives: SessionLives
  readonly #writes: WriteQueue
  #isClosed = false

  /** @throws {StoreError} when the file can't be used; it is then left as it was. */
  constructor(path: string) {
    this.#database = new Database(path)
    const names = new Names(this.#database)
    this.#ids = new RecordIds(this.#database)
    this.#counts = new LogCounts(this.#database)
    this.#sessionWriter = new SessionWriter(this.#database)
    const parts = { ids: this.#ids, names, counts: this.#counts, sessions: this.#sessionWriter }
    this.#logWriter = new LogWriter(this.#database, parts)
    this.#spanWriter = new SpanWriter(this.#database, names, this.#sessionWriter)
    this.#logs = new LogReader(this.#database, names)
    this.#traces = new TraceReader(this.#database, names, this.#logs)
    this.#statistics = new LogStatisticsReader(this.#database, names)
    this.#sessions = new SessionReader(this.#database)
    this.#lives = new SessionLives(this.#database, { names, logs: this.#logs, traces: this.#traces })
    this.#writes = new WriteQueue(this.#database, {
      finish: () => {
        this.#counts.write()
        this.#spanWriter.finish()
        this.#sessionWriter.finish()
      },
      undo: () => {
        for (const part of [this.#ids, names, this.#counts, this.#spanWriter, this.#sessionWriter]) part.forget()
      },
    })
  }

  appendLogs(entries: readonly LogEntry[]): Promise<AppendedLogs> {
    return this.#writes.add(() => this.#writeLogs(entries))
  }

  appendSpans(spans: readonly SpanEntry[]): Promise<number> {
    return this.#writes.add(() => {
      let stored = 0
      for (const span of spans) if (this.#spanWriter.write(span)) stored++
      return stored
    })
  }

  async searchLogs(filter: LogFilter, limit: number, beforeId?: string): Promise<LogPage> {
    return this.#logs.search(filter, limit, beforeId)
  }

  async getLog(id: string): Promise<{ record: StoredLog; resource: Attributes } | undefined> {
    return this.#logs.get(id)
  }

  async histogram(filter: LogFilter, maxBuckets: number): Promise<Histogram> {
    return this.#statistics.histogram(filter, maxBuckets)
  }

  async statistics(range: TimeRange): Promise<LogStatistics> {
    return { ...this.#statistics.statistics(range), ...this.#traces.counts(range) }
  }

  async levels(): Promise<Readonly<Record<Level, number>>> {
    return this.#statistics.levels()
  }

  async components(): Promise<readonly ComponentCount[]> {
    return this.#statistics.components()
  }

  async listTraces(filter: TraceFilter): Promise<readonly TraceSummary[]> {
    return this.#traces.list(filter)
  }

  async getTrace(traceId: string, limit: number): Promise<StoredTrace | undefined> {
    return this.#traces.get(traceId, limit)
  }

  async listSessions(filter: SessionFilter, query: SessionListQuery): Promise<SessionPage> {
    await this.#writeSigns()
    return this.#sessions.list(filter, query)
  }

  async getSession(
    sessionId: string,
    query: SessionLifeQuery,
  ): Promise<(SessionLife & { nextId: string | null }) | undefined> {
    await this.#writeSigns()
    return this.#lives.read(sessionId, query)
  }

  async health(): Promise<StoreHealth> {
    return {
      engine: this.capabilities.engine,
      path: this.#database.path,
      bytes: this.#database.usedBytes(),
      logs: countLogs(this.#database),
      spans: this.#traces.counts({}).spans,
    }
  }

  /** In several transactions, so that writers come in between. */
  async deleteBefore(timeMillis: number): Promise<{ logs: number; spans: number }> {
    let logs = 0
    for (;;) {
      const deleted = await this.#writes.add(() => this.#deleteSomeLogs(timeMillis))
      if (deleted === 0) break
      logs += deleted
    }
    const spans = await this.#writes.add(() => {
      this.#sessionWriter.writeSigns()
      deleteSessions(this.#database, timeMillis)
      this.#sessionWriter.forget()
      return deleteSpans(this.#database, timeMillis)
    })
    return { logs, spans }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const signs = this.#writeSigns()
    this.#writes.close()
    await signs
    this.#database.close()
  }

  /** Signs of life are written before anyone reads by them. */
  async #writeSigns(): Promise<void> {
    if (this.#sessionWriter.hasSigns) await this.#writes.add(() => this.#sessionWriter.writeSigns())
  }

  /** Counts not yet written belong to the same transaction: they go first, so that counting anew does not double them. */
  #deleteSomeLogs(timeMillis: number): number {
    this.#counts.write()
    const deleted = deleteSomeLogs(this.#database, this.#counts, timeMillis)
    if (deleted > 0) this.#ids.forget()
    return deleted
  }

  #writeLogs(entries: readonly LogEntry[]): AppendedLogs {
    const ids: (string | null)[] = Array.from({ length: entries.length })
    let duplicates = 0
    for (const index of timeOrder(entries)) {
      const id = this.#logWriter.write(entries[index] as LogEntry)
      ids[index] = id === undefined ? null : String(id)
      if (id === undefined) duplicates++
    }
    return { ids, duplicates }
  }
}

/** The word index is fastest when ids only grow. */
function timeOrder(entries: readonly LogEntry[]): Iterable<number> {
  let isOrdered = true
  for (let at = 1; at < entries.length && isOrdered; at++) {
    isOrdered = (entries[at - 1] as LogEntry).timeMillis <= (entries[at] as LogEntry).timeMillis
  }
  if (isOrdered) return entries.keys()
  return [...entries.keys()].sort((a, b) => (entries[a] as LogEntry).timeMillis - (entries[b] as LogEntry).timeMillis)
}
