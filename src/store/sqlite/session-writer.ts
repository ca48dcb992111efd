import type { LogEntry, SpanEntry } from '../../otlp/decode-entry.ts'
import {
  type KnownSession,
  exactMillis,
  isOwnRecord,
  learn,
  learnWho,
  newSession,
  sessionKey,
} from '../session/known-session.ts'
import { INSTANCE_EVENTS } from '../session/websocket-fields.ts'
import type { Database } from './database.ts'
import { EarlierSigns } from './earlier-signs.ts'

const MAX_KNOWN = 50_000
/** Signs of life are written at least this often while records come, and before anyone asks. */
const SIGNS_EVERY_MILLIS = 1_000
const SAVE = `insert into sessions (key, session_id, service, user_id, tenant_id, role, began_millis, last_millis, end_kind, known)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do update set user_id = excluded.user_id, tenant_id = excluded.tenant_id, role = excluded.role,
    began_millis = excluded.began_millis, last_millis = excluded.last_millis, end_kind = excluded.end_kind, known = excluded.known`
const SAVE_INSTANCE = `insert into instances (resource_id, service, instance_id, host, pid, started_millis, stopped_millis)
  values (?, ?, ?, ?, ?, ?, ?)
  on conflict do update set started_millis = max(coalesce(started_millis, excluded.started_millis), coalesce(excluded.started_millis, started_millis)),
    stopped_millis = max(coalesce(stopped_millis, excluded.stopped_millis), coalesce(excluded.stopped_millis, stopped_millis))`

/**
 * Keeps the table of sessions while records and spans are written, inside the caller's transaction. What is known of sessions that go on is held in memory, so that a record of theirs costs a look into a map; of a session that
 * is not held (there are more than {@link MAX_KNOWN}) only its own records are signs of life.
 */
export class SessionWriter {
  readonly #database: Database
  readonly #earlier: EarlierSigns
  /** By session id; undefined until they are needed. */
  #known: Map<string, KnownSession[]> | undefined
  /** To be written with the transaction. */
  readonly #changed = new Set<KnownSession>()
  /** Have given a sign of life since it was written last. */
  readonly #alive = new Set<KnownSession>()
  #signsWritten = 0

  constructor(database: Database) {
    this.#database = database
    this.#earlier = new EarlierSigns(database)
  }

  /** A record that was just written. */
  sawLog(entry: LogEntry, sessionId: string | null, resourceId: number): void {
    if (entry.eventName !== '') this.#sawEvent(entry, sessionId, resourceId)
    const sessions = sessionId === null ? undefined : this.#held().get(sessionId)
    if (sessions === undefined) return
    const at = exactMillis(entry)
    for (const session of sessions) {
      const isFirst = session.userId === null || session.tenantId === null
      // A session that many users share would be written with each record.
      if (learnWho(session, entry, at)) (isFirst ? this.#changed : this.#alive).add(session)
      this.#sawSign(session, entry.traceId, resourceId, at)
    }
  }

  /** A span that was just written. */
  sawSpan(span: SpanEntry, sessionId: string | null, resourceId: number): void {
    const sessions = sessionId === null ? undefined : this.#held().get(sessionId)
    if (sessions === undefined) return
    const end = span.startMillis + (span.startNanos + span.durationNanos) / 1_000_000
    for (const session of sessions) this.#sawSign(session, span.traceId, resourceId, end)
  }

  /** Writes what a transaction changed, inside it. */
  finish(): void {
    for (const session of this.#changed) this.#save(session)
    this.#changed.clear()
    if (this.#alive.size > 0 && Date.now() - this.#signsWritten >= SIGNS_EVERY_MILLIS) this.writeSigns()
  }

  /** Whether signs of life are to be written before sessions are read. */
  get hasSigns(): boolean {
    return this.#alive.size > 0
  }

  /** Writes signs of life, inside a transaction. */
  writeSigns(): void {
    for (const session of this.#alive) this.#save(session)
    this.#alive.clear()
    this.#signsWritten = Date.now()
  }

  /** Drops what is held, after a transaction was taken back or sessions were deleted. */
  forget(): void {
    this.#known = undefined
    this.#changed.clear()
    this.#alive.clear()
  }

  #sawEvent(entry: LogEntry, sessionId: string | null, resourceId: number): void {
    if (sessionId !== null && isOwnRecord(entry)) this.#sawOwnRecord(entry, sessionId, resourceId)
    else if (entry.eventName === INSTANCE_EVENTS.started || entry.eventName === INSTANCE_EVENTS.stopped)
      this.#sawInstance(entry, resourceId)
  }

  #sawOwnRecord(entry: LogEntry, sessionId: string, resourceId: number): void {
    const key = sessionKey(entry, sessionId, resourceId)
    const held = this.#held().get(sessionId) ?? []
    let session = held.find((each) => each.key === key) ?? this.#stored(key)
    const isNew = session === undefined
    session ??= newSession(entry, sessionId, resourceId)
    learn(session, entry)
    if (isNew) this.#earlier.learn(session)
    if (!held.includes(session)) this.#hold(sessionId, [...held, session])
    this.#changed.add(session)
  }

  #sawInstance(entry: LogEntry, resourceId: number): void {
    const { service, instanceId, host, pid } = newSession(entry, '', resourceId)
    const at = exactMillis(entry)
    const isStart = entry.eventName === INSTANCE_EVENTS.started
    this.#database.run(
      SAVE_INSTANCE,
      resourceId,
      service,
      instanceId,
      host,
      pid,
      isStart ? at : null,
      isStart ? null : at,
    )
  }

  /** A sign of life is what the same process says in the same trace. */
  #sawSign(session: KnownSession, traceId: string, resourceId: number, at: number): void {
    if (session.end !== null || at <= session.lastMillis) return
    if (session.resourceId !== resourceId || session.traceId !== traceId) return
    session.lastMillis = at
    this.#alive.add(session)
  }

  #hold(sessionId: string, sessions: KnownSession[]): void {
    const held = this.#held()
    // Behind all others, so that those go first of which nothing was heard for longest.
    held.delete(sessionId)
    held.set(sessionId, sessions)
    if (held.size > MAX_KNOWN) held.delete(held.keys().next().value as string)
  }

  #held(): Map<string, KnownSession[]> {
    if (this.#known !== undefined) return this.#known
    this.#known = new Map()
    const sql = 'select known from sessions where end_kind is null order by began_millis desc limit ?'
    for (const row of this.#database.all(sql, MAX_KNOWN)) {
      const session = JSON.parse(row['known'] as string) as KnownSession
      this.#known.set(session.sessionId, [...(this.#known.get(session.sessionId) ?? []), session])
    }
    return this.#known
  }

  #stored(key: string): KnownSession | undefined {
    const known = this.#database.get('select known from sessions where key = ?', key)?.['known']
    return typeof known === 'string' ? (JSON.parse(known) as KnownSession) : undefined
  }

  #save(session: KnownSession): void {
    const { key, sessionId, service, userId, tenantId, role, beganMillis, lastMillis, end } = session
    const columns = [key, sessionId, service, userId, tenantId, role, beganMillis, lastMillis, end] as const
    this.#database.run(SAVE, ...columns, JSON.stringify(session))
  }
}
