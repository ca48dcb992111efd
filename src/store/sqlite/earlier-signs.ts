import type { KnownSession } from '../session/known-session.ts'
import type { Database } from './database.ts'
import { idBytes } from './log-writer.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import { sessionToken } from './word-query.ts'

/** A user is often known before the upgrade, by the request that led to it. */
const BEFORE_MILLIS = 600_000
const FROM_SESSION = `from log_words f cross join logs l on l.id = f.rowid
  where f.log_words match ? and f.rowid >= cast(? as integer) and l.session_id = ?`

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
    this.#learnWho(session, 'user_id')
    this.#learnWho(session, 'tenant_id')
  }

  #lastRecord({ sessionId, traceId, resourceId, beganMillis }: KnownSession): number {
    const sql = `select l.id, l.nanos ${FROM_SESSION} and l.resource_id = ? and l.trace_id = ? order by f.rowid desc limit 1`
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
    const sql = `select l.id, l.nanos, l.${column} as who ${FROM_SESSION} and l.${column} is not null order by f.rowid desc limit 1`
    const row = this.#database.get(sql, ...sessionFrom(session.sessionId, session.beganMillis - BEFORE_MILLIS))
    if (row === undefined) return
    const at = millisOfId(row['id'] as number) + (row['nanos'] as number) / 1_000_000
    if (column === 'user_id' && at >= session.userMillis) Object.assign(session, { userId: row['who'], userMillis: at })
    if (column === 'tenant_id' && at >= session.tenantMillis)
      Object.assign(session, { tenantId: row['who'], tenantMillis: at })
  }
}

function sessionFrom(sessionId: string, millis: number): [words: string, firstId: number, sessionId: string] {
  return [`"${sessionToken(sessionId)}"`, firstIdOf(millis), sessionId]
}
