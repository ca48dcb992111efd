import type { Attributes, LogEntry, SpanEntry } from '../otlp/decode-entry.ts'
import type { Level } from './level.ts'
import type { SessionLife, SessionState, StoredSession } from './session/stored-session.ts'
import type { StoredLog } from './stored-log.ts'
import type { StoredTrace, TraceSummary } from './stored-trace.ts'

/** What an engine can do; what it can't, the log API refuses with a clear answer instead of pretending. */
export interface StoreCapabilities {
  readonly engine: string
  /** Words can be searched; false: `words` must be empty. */
  readonly wordSearch: boolean
  readonly deletion: boolean
  readonly traces: boolean
  /** WebSocket sessions are listed and read whole; false: `listSessions` and `getSession` reject. */
  readonly sessions: boolean
  /** A replayed record with the same `log.record.uid` and time is stored once. */
  readonly deduplication: boolean
}

/** Which records; every condition given must hold. */
export interface LogFilter {
  /** Folded words (see `wordsOf`); each must begin a word of the record. */
  readonly words?: readonly string[]
  /** Ranks of levels. */
  readonly ranks?: readonly number[]
  readonly components?: readonly string[]
  readonly service?: string
  readonly event?: string
  readonly userId?: string
  readonly tenantId?: string
  readonly sessionId?: string
  readonly requestId?: string
  /** Lower-case hex. */
  readonly traceId?: string
  /** Inclusive. */
  readonly fromMillis?: number
  /** Exclusive. */
  readonly toMillis?: number
}

/** A time range, open where nothing is given. */
export type TimeRange = Pick<LogFilter, 'fromMillis' | 'toMillis'>

/** A page of {@link LogStore.searchLogs}. */
export interface LogPage {
  readonly records: readonly StoredLog[]
  /** Id of the last record when there are older ones, to be given as `beforeId`. */
  readonly nextId: string | null
}

/** The ids of appended entries, in their order; null for one that had been stored before. */
export interface AppendedLogs {
  readonly ids: readonly (string | null)[]
  readonly duplicates: number
}

/** Counts of a bucket of time, by rank of level. */
export interface HistogramBucket {
  readonly startMillis: number
  readonly counts: readonly number[]
}

/** Buckets of equal width in order of time; those without records are left out. */
export interface Histogram {
  readonly intervalMillis: number
  readonly buckets: readonly HistogramBucket[]
}

/** How much a component logged. */
export interface ComponentCount {
  readonly component: string
  readonly count: number
  /** Records at ERROR and above. */
  readonly errors: number
  readonly lastMillis: number
}

/** Totals over a time range. */
export interface LogStatistics {
  readonly logs: number
  readonly spans: number
  readonly traces: number
  readonly byLevel: Readonly<Record<Level, number>>
  /** Most records first. */
  readonly byComponent: readonly Omit<ComponentCount, 'lastMillis'>[]
  readonly logsWithTrace: number
  readonly logsWithStoredSpan: number
}

/** The state of a store. */
export interface StoreHealth {
  readonly engine: string
  readonly path: string | null
  readonly bytes: number
  readonly logs: number
  readonly spans: number
}

/** Which traces {@link LogStore.listTraces} answers. */
export interface TraceFilter extends TimeRange {
  readonly service?: string
  readonly limit: number
}

/** Which sessions {@link LogStore.listSessions} answers: those that lived in the time range, and match. */
export interface SessionFilter extends TimeRange {
  readonly service?: string
  readonly tenantId?: string
  readonly userId?: string
  readonly states?: readonly SessionState[]
}

/** Which part of them. */
export interface SessionListQuery {
  readonly limit: number
  /** The `nextId` of the page before. */
  readonly beforeId?: string
  /** The time that open sessions are judged at. */
  readonly nowMillis: number
}

/** A page of {@link LogStore.listSessions}. */
export interface SessionPage {
  readonly sessions: readonly StoredSession[]
  readonly nextId: string | null
}

/** Which part of a session's life {@link LogStore.getSession} answers. */
export interface SessionLifeQuery {
  readonly limit: number
  /** The `nextId` of the page before. */
  readonly afterId?: string
  readonly nowMillis: number
}

/** Keeps logs and spans and finds them again. The log API and the viewer know only this. */
export interface LogStore {
  readonly capabilities: StoreCapabilities

  /**
   * Stores records. Obligations: resolved means readable by the next query and safe against a crash of the process; all of
   * `entries` or none; a record whose `log.record.uid` and time are already stored is left out and counted as a duplicate
   * (also one earlier in the same call); entries are not changed and not kept; concurrent calls are allowed.
   * @throws {StoreError} when they could not be stored.
   */
  appendLogs(entries: readonly LogEntry[]): Promise<AppendedLogs>

  /**
   * Stores spans. Obligations as {@link appendLogs}; a span whose trace id and span id are already stored is left out.
   * Resolves to how many were stored.
   */
  appendSpans(spans: readonly SpanEntry[]): Promise<number>

  /**
   * Finds records, newest first. Obligations: a walk that gives each page's `nextId` as the next `beforeId` meets every
   * record stored when it began exactly once, whatever is appended meanwhile, also where times are equal; any words are
   * allowed, none of them is syntax.
   */
  searchLogs(filter: LogFilter, limit: number, beforeId?: string): Promise<LogPage>

  /** One record and its resource's attributes; undefined when there is none, also for text that is no id. */
  getLog(id: string): Promise<{ record: StoredLog; resource: Attributes } | undefined>

  /**
   * Counts records by time and level. Obligations: at most `maxBuckets` buckets, of one width, aligned to that width; every
   * record that matches is counted once.
   */
  histogram(filter: LogFilter, maxBuckets: number): Promise<Histogram>

  /** Totals. Obligation: a record is counted under exactly one level and one component. */
  statistics(range: TimeRange): Promise<LogStatistics>

  /** How many records each level has. */
  levels(): Promise<Readonly<Record<Level, number>>>

  /** All components, most records first. */
  components(): Promise<readonly ComponentCount[]>

  /** Traces by the start of their first span, newest first. */
  listTraces(filter: TraceFilter): Promise<readonly TraceSummary[]>

  /** The spans and records of a trace, at most `limit` each; undefined when there are none of either. */
  getTrace(traceId: string, limit: number): Promise<StoredTrace | undefined>

  /**
   * Both ends of WebSocket connections, as their own records tell them (`websocket.connected`, `.summary`, `.disconnected`, `.failed`), the newest beginning first. Obligations: in whatever order records and spans arrived, the
   * answer is the same (but where records of several tenants carry its id: a known tenant stays); a session without an end is `open` or `broken_off` by the rule of `sessionState`, at `nowMillis`; a walk by `nextId` meets each
   * session once; its last sign of life is the newest record or span with its id that its own process made in its trace. After a crash of the store's process that time may be a second too old.
   */
  listSessions(filter: SessionFilter, query: SessionListQuery): Promise<SessionPage>

  /**
   * Everything that carries a session's id, and the upgrade requests of its connections, in order of time. Obligations: a walk by `nextId` meets every item stored when it began once; statistics and traces with the first page
   * only, over all of it; the end of a client and that of its server stand apart. Undefined when nothing carries the id.
   */
  getSession(sessionId: string, query: SessionLifeQuery): Promise<(SessionLife & { nextId: string | null }) | undefined>

  health(): Promise<StoreHealth>

  /** Removes what is older. Obligations: afterwards no query, count or statistic knows the removed; a session is known until its last sign of life is removed. */
  deleteBefore(timeMillis: number): Promise<{ logs: number; spans: number }>

  /** Finishes what is under way and lets go of the files. Calling it again does nothing. */
  close(): Promise<void>
}
