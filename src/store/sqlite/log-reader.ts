import type { Attributes } from '../../otlp/decode-entry.ts'
import { levelOfRank, rankOfSeverity } from '../level.ts'
import type { LogFilter, LogPage } from '../log-store.ts'
import { type StoredLog, storedLog } from '../stored-log.ts'
import type { Database, SqlRow } from './database.ts'
import { logCondition } from './log-condition.ts'
import type { Names } from './names.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import type { Place } from './session-items.ts'

const COLUMNS = `l.id, l.nanos, l.severity, l.scope_id, l.resource_id, l.message, l.event, l.session_id, l.user_id, l.tenant_id,
  l.request_id, l.trace_id, l.span_id, l.uid, l.attributes`

/** Reads records. */
export class LogReader {
  readonly #database: Database
  readonly #names: Names

  constructor(database: Database, names: Names) {
    this.#database = database
    this.#names = names
  }

  /** Newest first; see `LogStore.searchLogs`. */
  search(filter: LogFilter, limit: number, beforeId?: string): LogPage {
    const bounds = beforeId === undefined ? {} : { endId: idOf(beforeId) ?? Number.NEGATIVE_INFINITY }
    const condition = logCondition(this.#database, filter, bounds)
    if (condition === undefined) return { records: [], nextId: null }
    const sql = `select ${COLUMNS} from ${condition.from} order by ${condition.id} desc limit ?`
    const rows = this.#database.all(sql, ...condition.values, limit + 1)
    const records = rows.slice(0, limit).map((row) => this.#record(row))
    return { records, nextId: rows.length > limit ? (records.at(-1)?.id ?? null) : null }
  }

  /** One record with its resource. */
  get(id: string): { record: StoredLog; resource: Attributes } | undefined {
    const number = idOf(id)
    if (number === undefined) return undefined
    const row = this.#database.get(`select ${COLUMNS} from logs l where l.id = ?`, number)
    if (row === undefined) return undefined
    return { record: this.#record(row), resource: this.#names.resourceAttributes(row['resource_id'] as number) }
  }

  /** The records of a trace in order of time. */
  ofTrace(traceId: string, limit: number): StoredLog[] {
    const condition = logCondition(this.#database, { traceId })
    if (condition === undefined) return []
    const sql = `select ${COLUMNS} from ${condition.from} order by ${condition.id} limit ?`
    const rows = this.#database.all(sql, ...condition.values, limit)
    rows.sort((a, b) => timeMillis(a) - timeMillis(b) || (a['nanos'] as number) - (b['nanos'] as number))
    return rows.map((row) => this.#record(row))
  }

  /** Records of a session in order of time, from behind a place on. */
  ofSession(sessionId: string, limit: number, after?: Place): { id: number; millis: number; record: StoredLog }[] {
    const firstId = after === undefined ? undefined : after.source === 1 ? after.id + 1 : firstIdOf(after.millis)
    const condition = logCondition(this.#database, { sessionId }, firstId === undefined ? {} : { firstId })
    if (condition === undefined) return []
    const sql = `select ${COLUMNS} from ${condition.from} order by ${condition.id} limit ?`
    return this.#database.all(sql, ...condition.values, limit).map((row) => {
      const id = row['id'] as number
      return { id, millis: millisOfId(id), record: this.#record(row) }
    })
  }

  /** The times of a session's first and last record. */
  endsOfSession(sessionId: string): [first: number, last: number] | undefined {
    const condition = logCondition(this.#database, { sessionId })
    if (condition === undefined) return undefined
    const end = (order: string): number | undefined =>
      this.#database.get(
        `select ${condition.id} as id from ${condition.from} order by ${condition.id} ${order} limit 1`,
        ...condition.values,
      )?.['id'] as number | undefined
    const [first, last] = [end('asc'), end('desc')]
    return first === undefined || last === undefined ? undefined : [millisOfId(first), millisOfId(last)]
  }

  #record(row: SqlRow): StoredLog {
    return storedLog({
      id: String(row['id']),
      timeMillis: timeMillis(row),
      timeNanos: timeNanos(row),
      level: levelOfRank(rankOfSeverity(row['severity'] as number)),
      component: this.#names.component(row['scope_id'] as number),
      service: this.#names.service(row['resource_id'] as number),
      message: row['message'] as string,
      event: row['event'] as string | null,
      sessionId: row['session_id'] as string | null,
      userId: row['user_id'] as string | null,
      tenantId: row['tenant_id'] as string | null,
      requestId: row['request_id'] as string | null,
      traceId: hexOf(row['trace_id']),
      spanId: hexOf(row['span_id']),
      uid: row['uid'] as string | null,
      attributes: row['attributes'] === null ? {} : (JSON.parse(row['attributes'] as string) as Attributes),
    })
  }
}

/** The number of an id that an earlier answer gave; undefined for other text. */
export function idOf(text: string): number | undefined {
  if (!/^-?\d{1,16}$/.test(text)) return undefined
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : undefined
}

/** Bytes as lower-case hex. */
export function hexOf(value: SqlRow[string] | undefined): string | null {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
    : null
}

/** A record moved to a later id because its millisecond was full has a negative rest. */
function timeMillis(row: SqlRow): number {
  return millisOfId(row['id'] as number) + Math.floor((row['nanos'] as number) / 1_000_000)
}

function timeNanos(row: SqlRow): number {
  const nanos = row['nanos'] as number
  return nanos - Math.floor(nanos / 1_000_000) * 1_000_000
}
