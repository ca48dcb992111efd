import { LEVELS, type Level } from '../level.ts'
import { SESSION_EVENTS } from '../session/websocket-fields.ts'
import type {
  RedisCommandCount,
  SessionActivity,
  SessionOperation,
  SessionStatistics,
  SessionTrace,
  StoredSession,
} from '../session/stored-session.ts'
import { sessionTraffic } from '../session/session-traffic.ts'
import { isoTime } from '../stored-log.ts'
import { spanKindName, spanStatusName } from '../stored-trace.ts'
import type { Database, SqlRow } from './database.ts'
import { logCondition } from './log-condition.ts'
import { type LogReader, hexOf } from './log-reader.ts'
import type { Names } from './names.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'

const MAX_BUCKETS = 120
const MAX_SLOWEST = 10
const MAX_TRACES = 100
const MAX_OWN_RECORDS = 2_000
const STATUS_ERROR = 2
const INTERNAL = 1
const ERROR_RANK = 4

const SPANS = `select start_millis, duration_nanos, kind, status, name, scope_id, trace_id, span_id,
  coalesce(attributes ->> '$."db.system.name"', attributes ->> '$."db.system"') as system, attributes ->> '$."db.operation.name"' as command,
  attributes ->> '$."websocket.role"' as role
  from spans where session_id = ? order by start_millis`

const SPAN_ENDS = 'select min(start_millis) as first, max(start_millis) as last from spans where session_id = ?'

/** What the spans of a session add up to. */
interface SpanCounts {
  readonly count: number
  readonly operations: SessionStatistics['operations']
  readonly redis: SessionStatistics['redis']
  readonly traceIds: readonly string[]
}

/** Counts what carries a session's id. */
export class SessionStatisticsReader {
  readonly #database: Database
  readonly #names: Names
  readonly #logs: LogReader

  constructor(database: Database, names: Names, logs: LogReader) {
    this.#database = database
    this.#names = names
    this.#logs = logs
  }

  /** Of one session, with the traces its spans are in, the newest first. */
  read(
    sessionId: string,
    sessions: readonly StoredSession[],
  ): { statistics: SessionStatistics; traces: SessionTrace[] } {
    const range = this.#range(sessionId)
    const width = roundWidth((range.to - range.from + 1) / MAX_BUCKETS)
    const activity = new Map<number, SessionActivity>()
    const bucket = (millis: number): SessionActivity => {
      const start = Math.floor(millis / width) * width
      const known = activity.get(start) ?? { time: isoTime(start), logs: 0, errors: 0, operations: 0, redis: 0 }
      activity.set(start, known)
      return known
    }
    const spans = this.#spans(sessionId, bucket)
    const records = this.#records(sessionId, width, bucket)
    const statistics = {
      ...records,
      spans: spans.count,
      operations: spans.operations,
      redis: spans.redis,
      traffic: this.#traffic(sessionId, sessions),
      activity: {
        interval_ms: width,
        buckets: [...activity].sort((a, b) => a[0] - b[0]).map(([, each]) => each),
      },
    }
    return { statistics, traces: this.#traces(spans.traceIds) }
  }

  #records(
    sessionId: string,
    width: number,
    bucket: (millis: number) => SessionActivity,
  ): Pick<SessionStatistics, 'records' | 'by_level' | 'by_component'> {
    const levels = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>
    const components = new Map<string, { component: string; count: number; errors: number }>()
    let records = 0
    for (const row of this.#counts(sessionId, width)) {
      const count = row['count'] as number
      const isError = (row['level'] as number) >= ERROR_RANK
      const component = this.#names.component(row['scope_id'] as number)
      const known = components.get(component) ?? { component, count: 0, errors: 0 }
      const at = bucket(millisOfId(row['id'] as number))
      records += count
      levels[LEVELS[row['level'] as number] ?? 'INFO'] += count
      known.count += count
      at.logs += count
      if (isError) known.errors += count
      if (isError) at.errors += count
      components.set(component, known)
    }
    return { records, by_level: levels, by_component: [...components.values()].sort((a, b) => b.count - a.count) }
  }

  #counts(sessionId: string, width: number): SqlRow[] {
    const condition = logCondition(this.#database, { sessionId })
    if (condition === undefined) return []
    const [origin, idWidth] = [firstIdOf(0), firstIdOf(width) - firstIdOf(0)]
    const sql = `select min(${condition.id}) as id, l.scope_id, (l.severity - 1) / 4 as level, count(*) as count
      from ${condition.from} group by (${condition.id} - ${origin}) / ${idWidth}, 2, 3`
    return this.#database.all(sql, ...condition.values)
  }

  /** Row by row: a session may have very many. */
  #spans(sessionId: string, bucket: (millis: number) => SessionActivity): SpanCounts {
    const commands = new Map<string, RedisCommandCount>()
    const operations = { count: 0, errors: 0 }
    const slowest: SqlRow[] = []
    const traceIds = new Set<string>()
    let count = 0
    for (const row of this.#database.prepare(SPANS).iterate(sessionId) as Iterable<SqlRow>) {
      count++
      traceIds.add(hexOf(row['trace_id']) ?? '')
      if (isRedis(row)) {
        bucket(row['start_millis'] as number).redis++
        countCommand(commands, row)
      } else if (isOperation(row)) {
        bucket(row['start_millis'] as number).operations++
        operations.count++
        if (isFailed(row)) operations.errors++
        keepSlowest(slowest, row)
      }
    }
    const all = [...commands.values()].sort((a, b) => b.total_ms - a.total_ms)
    return {
      count,
      traceIds: [...traceIds],
      operations: { ...operations, slowest: slowest.map((row) => this.#operation(row)) },
      redis: {
        count: all.reduce((sum, each) => sum + each.count, 0),
        errors: all.reduce((sum, each) => sum + each.errors, 0),
        commands: all,
      },
    }
  }

  #operation(row: SqlRow): SessionOperation {
    return {
      name: row['name'] as string,
      component: this.#names.component(row['scope_id'] as number),
      start: isoTime(row['start_millis'] as number),
      duration_ms: millisOf(row),
      status: spanStatusName(row['status'] as number),
      trace_id: hexOf(row['trace_id']) ?? '',
      span_id: hexOf(row['span_id']) ?? '',
    }
  }

  #traces(traceIds: readonly string[]): SessionTrace[] {
    const traces: SessionTrace[] = []
    for (const traceId of traceIds.slice(-MAX_TRACES).toReversed()) {
      const row = this.#database.get('select * from traces where trace_id = ?', Buffer.from(traceId, 'hex'))
      if (row === undefined) continue
      const start = row['start_micros'] as number
      traces.push({
        trace_id: traceId,
        name: row['name'] as string,
        service: this.#names.service(row['resource_id'] as number),
        start: isoTime(Math.floor(start / 1000)),
        duration_ms: ((row['end_micros'] as number) - start) / 1000,
        spans: row['spans'] as number,
        errors: row['errors'] as number,
      })
    }
    return traces.sort((a, b) => (a.start < b.start ? 1 : -1))
  }

  #range(sessionId: string): { from: number; to: number } {
    const ends = this.#logs.endsOfSession(sessionId)
    const spans = this.#database.get(SPAN_ENDS, sessionId)
    const from = Math.min(ends?.[0] ?? Infinity, (spans?.['first'] as number | null | undefined) ?? Infinity)
    const to = Math.max(ends?.[1] ?? -Infinity, (spans?.['last'] as number | null | undefined) ?? -Infinity)
    return Number.isFinite(from) ? { from, to } : { from: 0, to: 0 }
  }

  #traffic(sessionId: string, sessions: readonly StoredSession[]): SessionStatistics['traffic'] {
    const told = [SESSION_EVENTS.summary, SESSION_EVENTS.disconnected].flatMap(
      (event) => this.#logs.search({ sessionId, event }, MAX_OWN_RECORDS).records,
    )
    return sessionTraffic(told, sessions)
  }
}

/** The next of 1, 2, 5, 10, 20 ... milliseconds. */
function roundWidth(millis: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(millis)))
  return power * ([1, 2, 5, 10].find((step) => step * power >= millis) ?? 10)
}

/** The slowest so far, the slowest first. */
function keepSlowest(slowest: SqlRow[], row: SqlRow): void {
  const place = slowest.findIndex((each) => millisOf(each) < millisOf(row))
  slowest.splice(place === -1 ? slowest.length : place, 0, row)
  if (slowest.length > MAX_SLOWEST) slowest.pop()
}

function countCommand(commands: Map<string, RedisCommandCount>, row: SqlRow): void {
  const command = String(row['command'] ?? row['name'])
  const known = commands.get(command) ?? { command, count: 0, errors: 0, total_ms: 0, max_ms: 0 }
  known.count++
  if (isFailed(row)) known.errors++
  known.total_ms = Math.round((known.total_ms + millisOf(row)) * 1e6) / 1e6
  known.max_ms = Math.max(known.max_ms, millisOf(row))
  commands.set(command, known)
}

function isRedis(row: SqlRow): boolean {
  return row['system'] === 'redis' || row['system'] === 'valkey'
}

function isOperation(row: SqlRow): boolean {
  return row['kind'] === INTERNAL && row['role'] === null && spanKindName(row['kind']) === 'INTERNAL'
}

function isFailed(row: SqlRow): boolean {
  return row['status'] === STATUS_ERROR
}

function millisOf(row: SqlRow): number {
  return (row['duration_nanos'] as number) / 1_000_000
}
