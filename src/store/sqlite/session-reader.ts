import type { SessionFilter, SessionListQuery, SessionPage } from '../log-store.ts'
import { closeName } from '../session/close-name.ts'
import type { KnownSession } from '../session/known-session.ts'
import { sessionState } from '../session/session-state.ts'
import type { StoredSession } from '../session/stored-session.ts'
import { isoTime } from '../stored-log.ts'
import { type Database, type SqlRow, type SqlValue, numberOf } from './database.ts'
import { InstanceTimes } from './instance-times.ts'

const COLUMNS = 's.id, s.began_millis, s.known'
const ERRORS = 'select count(*) as n from logs where session_id = ? and severity >= 17'
const CURSOR = /^(-?\d+(?:\.\d+)?):(\d+)$/

/** Reads sessions. */
export class SessionReader {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** See `LogStore.listSessions`. */
  list(filter: SessionFilter, { limit, beforeId, nowMillis }: SessionListQuery): SessionPage {
    const { terms, values } = conditionOf(filter, beforeId)
    const where = terms.length === 0 ? '' : `where ${terms.join(' and ')}`
    const sql = `select ${COLUMNS} from sessions s ${where} order by s.began_millis desc, s.id desc`
    const instances = new InstanceTimes(this.#database)
    const sessions: StoredSession[] = []
    let last: SqlRow | undefined
    // Row by row, since what a session is without an end depends on the time.
    for (const row of this.#database.prepare(sql).iterate(...values) as Iterable<SqlRow>) {
      const session = storedSession(row, instances, nowMillis)
      if (filter.states !== undefined && !filter.states.includes(session.state)) continue
      if (sessions.length === limit) return { sessions: this.#withErrors(sessions), nextId: cursorOf(last) }
      sessions.push(session)
      last = row
    }
    return { sessions: this.#withErrors(sessions), nextId: null }
  }

  /** The connections of a session, the newest first. */
  ofId(sessionId: string, limit: number, nowMillis: number): StoredSession[] {
    const sql = `select ${COLUMNS} from sessions s where s.session_id = ? order by s.began_millis desc, s.id desc limit ?`
    const rows = this.#database.all(sql, sessionId, limit)
    const instances = new InstanceTimes(this.#database)
    return this.#withErrors(rows.map((row) => storedSession(row, instances, nowMillis)))
  }

  #withErrors(sessions: StoredSession[]): StoredSession[] {
    const counted = new Map<string, number>()
    for (const session of sessions) {
      let errors = counted.get(session.session_id)
      if (errors === undefined) {
        errors = numberOf(this.#database.get(ERRORS, session.session_id))
        counted.set(session.session_id, errors)
      }
      session.errors = errors
    }
    return sessions
  }
}

function cursorOf(row: SqlRow | undefined): string | null {
  return row === undefined ? null : `${String(row['began_millis'])}:${String(row['id'])}`
}

function conditionOf(filter: SessionFilter, beforeId: string | undefined): { terms: string[]; values: SqlValue[] } {
  const terms: string[] = []
  const values: SqlValue[] = []
  const add = (term: string, ...of: SqlValue[]): void => {
    terms.push(term)
    values.push(...of)
  }
  if (filter.service !== undefined) add('s.service = ?', filter.service)
  if (filter.tenantId !== undefined) add('s.tenant_id = ?', filter.tenantId)
  if (filter.userId !== undefined) add('s.user_id = ?', filter.userId)
  if (filter.toMillis !== undefined) add('s.began_millis < ?', filter.toMillis)
  if (filter.fromMillis !== undefined) add('s.last_millis >= ?', filter.fromMillis)
  const ends = new Set(filter.states?.map((state) => (state === 'closed' || state === 'left_open' ? state : null)))
  if (ends.size === 1) {
    const [end] = ends
    add(end === null ? 's.end_kind is null' : `s.end_kind = '${end}'`)
  }
  if (beforeId === undefined) return { terms, values }
  const [, began, id] = CURSOR.exec(beforeId) ?? []
  if (began === undefined || id === undefined) add('false')
  else add('(s.began_millis, s.id) < (?, ?)', Number(began), Number(id))
  return { terms, values }
}

/** All but the count of errors. */
function storedSession(row: SqlRow, instances: InstanceTimes, nowMillis: number): StoredSession {
  const known = JSON.parse(row['known'] as string) as KnownSession
  const { beganAnewMillis: beganAnew, ...times } = instances.of(known)
  const { state, reason } = sessionState({ ...known, ...times }, nowMillis)
  const last = known.endedMillis ?? known.lastMillis
  return {
    session_id: known.sessionId,
    role: known.role,
    state,
    state_reason: reason,
    service: known.service,
    instance_id: known.instanceId,
    host: known.host,
    process_pid: known.pid,
    tenant_id: known.tenantId,
    user_id: known.userId,
    trace_id: known.traceId === '' ? null : known.traceId,
    span_id: known.spanId === '' ? null : known.spanId,
    began: isoTime(Math.floor(known.beganMillis)),
    last_sign_of_life: isoTime(Math.floor(last)),
    ended: known.endedMillis === null ? null : isoTime(Math.floor(known.endedMillis)),
    duration_ms: known.durationMillis ?? Math.round((last - known.beganMillis) * 1000) / 1000,
    messages_received: known.messagesReceived,
    messages_sent: known.messagesSent,
    bytes_received: known.bytesReceived,
    bytes_sent: known.bytesSent,
    close_code: known.closeCode,
    close_name: known.closeName ?? closeName(known.closeCode),
    close_reason: known.closeReason,
    errors: 0,
    summary_interval_ms: known.summaryMillis,
    service_began_anew: beganAnew === null || beganAnew <= last ? null : isoTime(Math.floor(beganAnew)),
    protocol: known.protocol,
    ip_address: known.ipAddress,
    user_agent: known.userAgent,
    path: known.path,
    details: known.details,
  }
}
