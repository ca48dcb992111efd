import type { KnownSession } from '../session/known-session.ts'
import type { Database } from './database.ts'
import { idBytes } from './log-writer.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import { WordQuery } from './word-query.ts'

/** A user is often known before the upgrade, by the request that led to it. */
const BEFORE_MILLIS = 600_000

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

  #lastRecord({ sessionId, traceId, resourceId }: KnownSession): number {
    const sql = `select l.id, l.nanos from log_words f cross join logs l on l.id = f.rowid
      where f.log_words match ? and l.session_id = ? and l.resource_id = ? and l.trace_id = ? order by f.rowid desc limit 1`
    const row = this.#database.get(sql, `"${traceId}"`, sessionId, resourceId, idBytes(traceId))
    return row === undefined ? -Infinity : millisOfId(row['id'] as number) + (row['nanos'] as number) / 1_000_000
  }

  #lastSpan({ sessionId, traceId, resourceId }: KnownSession): number {
    const sql = `select max(start_millis + (start_nanos + duration_nanos) / 1e6) as n from spans
      where session_id = ? and trace_id = ? and resource_id = ?`
    const last = this.#database.get(sql, sessionId, idBytes(traceId), resourceId)?.['n']
    return typeof last === 'number' ? last : -Infinity
  }

  #learnWho(session: KnownSession, column: 'user_id' | 'tenant_id'): void {
    const words = new WordQuery()
    words.addId(session.sessionId)
    if (words.isEmpty) return
    const sql = `select l.id, l.nanos, l.${column} as who from log_words f cross join logs l on l.id = f.rowid
      where f.log_words match ? and f.rowid >= cast(? as integer) and l.session_id = ? and l.${column} is not null
      order by f.rowid desc limit 1`
    const first = firstIdOf(session.beganMillis - BEFORE_MILLIS)
    const row = this.#database.get(sql, words.toString(), first, session.sessionId)
    if (row === undefined) return
    const at = millisOfId(row['id'] as number) + (row['nanos'] as number) / 1_000_000
    if (column === 'user_id' && at >= session.userMillis) Object.assign(session, { userId: row['who'], userMillis: at })
    if (column === 'tenant_id' && at >= session.tenantMillis)
      Object.assign(session, { tenantId: row['who'], tenantMillis: at })
  }
}
