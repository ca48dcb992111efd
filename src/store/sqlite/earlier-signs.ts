import type { KnownSession } from '../session/known-session.ts'
import type { Database } from './database.ts'
import { idBytes } from './log-writer.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import { sessionToken } from './word-query.ts'

/** A user is often known before the upgrade, by the request that led to it. */
const BEFORE_MILLIS = 600_000
/** So many of the id's records are looked through, the newest first: many connections may share an id. */
const MAX_RECORDS = 200
const FROM_SESSION = `from (select rowid as id from log_words where log_words match ? and rowid >= cast(? as integer) and rowid < cast(? as integer)
  order by rowid desc limit ${MAX_RECORDS}) f cross join logs l on l.id = f.id where l.session_id = ?`

/** What was stored of a session before its first own record came: records and spans take different roads, and arrive in any order. */
export class EarlierSigns {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Adds it to what is known. */
  learn(session: KnownSession): void {
    if (session.end === null && session.traceId !== '')
      session.lastMillis = Math.max(session.lastMillis, this.#lastRecord(session), this.#lastSpan(session))
    // The tenant first: records of another one tell no user.
    this.#learnWho(session, 'tenant_id')
    this.#learnWho(session, 'user_id')
  }

  #lastRecord({ sessionId, traceId, resourceId, beganMillis }: KnownSession): number {
    const sql = `select l.id, l.nanos ${FROM_SESSION} and l.resource_id = ? and l.trace_id = ? order by l.id desc limit 1`
    const row = this.#database.get(sql, ...sessionFrom(sessionId, beganMillis), resourceId, idBytes(traceId))
    return row === undefined ? -Infinity : millisOfId(row['id'] as number) + (row['nanos'] as number) / 1_000_000
  }

  #lastSpan({ sessionId, traceId, resourceId }: KnownSession): number {
    const sql = `select max(start_millis + (start_nanos + duration_nanos) / 1e6) as n from spans
      where session_id = ? and trace_id = ? and resource_id = ?`
    const last = this.#database.get(sql, sessionId, idBytes(traceId), resourceId)?.['n']
    return typeof last === 'number' ? last : -Infinity
  }

  #learnWho(session: KnownSession, column: 'user_id' | 'tenant_id'): void {
    const { tenantId, endedMillis } = session
    const sql = `select l.id, l.nanos, l.${column} as who ${FROM_SESSION} and l.${column} is not null
      and (l.tenant_id is null or l.tenant_id = coalesce(?, l.tenant_id))
      order by l.id desc limit 1`
    const from = sessionFrom(session.sessionId, session.beganMillis - BEFORE_MILLIS, endedMillis ?? Infinity)
    const row = this.#database.get(sql, ...from, tenantId)
    if (row === undefined) return
    const at = millisOfId(row['id'] as number) + (row['nanos'] as number) / 1_000_000
    if (column === 'user_id' && at >= session.userMillis) Object.assign(session, { userId: row['who'], userMillis: at })
    if (column === 'tenant_id' && at >= session.tenantMillis)
      Object.assign(session, { tenantId: row['who'], tenantMillis: at })
  }
}

function sessionFrom(
  sessionId: string,
  fromMillis: number,
  toMillis = Infinity,
): [words: string, firstId: number, endId: number, sessionId: string] {
  return [`"${sessionToken(sessionId)}"`, firstIdOf(fromMillis), firstIdOf(toMillis + 1), sessionId]
}
