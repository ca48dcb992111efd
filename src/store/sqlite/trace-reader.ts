import type { Attributes } from '../../otlp/decode-entry.ts'
import type { TimeRange, TraceFilter } from '../log-store.ts'
import type { SessionSpan, StoredSession } from '../session/stored-session.ts'
import { unixNano, isoTime } from '../stored-log.ts'
import {
  type StoredSpan,
  type StoredSpanEvent,
  type StoredSpanLink,
  type StoredTrace,
  type TraceSummary,
  spanKindName,
  spanStatusName,
} from '../stored-trace.ts'
import { type Database, type SqlRow, type SqlValue, numberOf } from './database.ts'
import { resourceIds } from './log-condition.ts'
import { type LogReader, hexOf } from './log-reader.ts'
import { idBytes } from './log-writer.ts'
import type { Names } from './names.ts'
import type { Place } from './session-items.ts'

/** Reads spans and traces. */
export class TraceReader {
  readonly #database: Database
  readonly #names: Names
  readonly #logs: LogReader

  constructor(database: Database, names: Names, logs: LogReader) {
    this.#database = database
    this.#names = names
    this.#logs = logs
  }

  /** See `LogStore.listTraces`. */
  list(filter: TraceFilter): TraceSummary[] {
    const { terms, values } = rangeTerms(filter, 'start_micros', 1000)
    if (filter.service !== undefined) {
      const ids = resourceIds(this.#database, filter.service).join(', ')
      terms.push(`exists (select 1 from spans s where s.trace_id = traces.trace_id and s.resource_id in (${ids}))`)
    }
    const where = terms.length === 0 ? '' : `where ${terms.join(' and ')}`
    const rows = this.#database.all(
      `select * from traces ${where} order by start_micros desc limit ?`,
      ...values,
      filter.limit,
    )
    return rows.map((row) => this.#summary(row))
  }

  /** See `LogStore.getTrace`. */
  get(traceId: string, limit: number): StoredTrace | undefined {
    const sql = 'select * from spans where trace_id = ? order by start_millis, start_nanos, id limit ?'
    const rows = this.#database.all(sql, idBytes(traceId), limit + 1)
    const records = this.#logs.ofTrace(traceId, limit + 1)
    if (rows.length === 0 && records.length === 0) return undefined
    return {
      trace_id: traceId,
      spans: rows.slice(0, limit).map((row) => this.#span(row)),
      records: records.slice(0, limit),
      truncated: rows.length > limit || records.length > limit,
    }
  }

  /** Spans that carry a session's id in order of start, from behind a place on. */
  ofSession(sessionId: string, limit: number, after?: Place): { id: number; span: SessionSpan }[] {
    const behind = after === undefined ? '' : 'and (start_millis, id) > (?, ?)'
    const place = after === undefined ? [] : [after.millis, after.source === 0 ? after.id : Number.MAX_SAFE_INTEGER]
    const sql = `select * from spans where session_id = ? ${behind} order by start_millis, id limit ?`
    const rows = this.#database.all(sql, sessionId, ...place, limit)
    return rows.map((row) => this.#ofTrace(row))
  }

  /** The request that a server's session began with: the parent of its span; while that is not stored, the upgrade before it in its trace. */
  upgradeOf({ trace_id, span_id, began }: StoredSession): { id: number; span: SessionSpan } | undefined {
    if (trace_id === null || span_id === null) return undefined
    const [traceId, spanId] = [idBytes(trace_id), idBytes(span_id)]
    const parent = `select p.* from spans s join spans p on p.trace_id = s.trace_id and p.span_id = s.parent_span_id
      where s.trace_id = ? and s.span_id = ?`
    const before = `select * from spans where trace_id = ? and kind = 2 and start_millis <= ?
      and attributes ->> '$."http.response.status_code"' = 101 order by start_millis desc limit 1`
    const row = this.#database.get(parent, traceId, spanId) ?? this.#database.get(before, traceId, Date.parse(began))
    return row === undefined ? undefined : this.#ofTrace(row)
  }

  /** How many spans and traces began in a range. */
  counts(range: TimeRange): { spans: number; traces: number } {
    if (range.fromMillis === undefined && range.toMillis === undefined) {
      const row = this.#database.get('select count(*) as traces, coalesce(sum(spans), 0) as spans from traces')
      return { spans: Number(row?.['spans'] ?? 0), traces: Number(row?.['traces'] ?? 0) }
    }
    const { terms, values } = rangeTerms(range, 'start_millis', 1)
    const sql = `select count(*) as spans, count(distinct trace_id) as traces from spans where ${terms.join(' and ')}`
    const row = this.#database.get(sql, ...values)
    return { spans: Number(row?.['spans'] ?? 0), traces: Number(row?.['traces'] ?? 0) }
  }

  #summary(row: SqlRow): TraceSummary {
    const start = row['start_micros'] as number
    const traceId = hexOf(row['trace_id']) ?? ''
    return {
      trace_id: traceId,
      name: row['name'] as string,
      service: this.#names.service(row['resource_id'] as number),
      start: isoTime(Math.floor(start / 1000)),
      duration_ms: ((row['end_micros'] as number) - start) / 1000,
      spans: row['spans'] as number,
      logs: numberOf(this.#database.get('select count(*) as n from log_words where log_words match ?', `"${traceId}"`)),
      errors: row['errors'] as number,
    }
  }

  #ofTrace(row: SqlRow): { id: number; span: SessionSpan } {
    return { id: row['id'] as number, span: { trace_id: hexOf(row['trace_id']) ?? '', ...this.#span(row) } }
  }

  #span(row: SqlRow): StoredSpan {
    const [millis, nanos] = [row['start_millis'] as number, row['start_nanos'] as number]
    return {
      span_id: hexOf(row['span_id']) ?? '',
      parent_span_id: hexOf(row['parent_span_id']),
      name: row['name'] as string,
      kind: spanKindName(row['kind'] as number),
      service: this.#names.service(row['resource_id'] as number),
      scope: this.#names.component(row['scope_id'] as number),
      start: isoTime(millis),
      start_unix_nano: unixNano(millis, nanos),
      duration_ms: (row['duration_nanos'] as number) / 1_000_000,
      status: spanStatusName(row['status'] as number),
      status_message: row['status_message'] as string | null,
      attributes: parsed<Attributes>(row['attributes'], {}),
      events: parsed<StoredSpanEvent[]>(row['events'], []),
      links: parsed<StoredSpanLink[]>(row['links'], []),
    }
  }
}

function parsed<T>(json: SqlRow[string] | undefined, none: T): T {
  return typeof json === 'string' ? (JSON.parse(json) as T) : none
}

function rangeTerms(range: TimeRange, column: string, perMilli: number): { terms: string[]; values: SqlValue[] } {
  const terms: string[] = []
  const values: SqlValue[] = []
  if (range.fromMillis !== undefined) {
    terms.push(`${column} >= ?`)
    values.push(range.fromMillis * perMilli)
  }
  if (range.toMillis !== undefined) {
    terms.push(`${column} < ?`)
    values.push(range.toMillis * perMilli)
  }
  return { terms, values }
}
