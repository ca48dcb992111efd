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
/** Sessions are held a little longer than they last: records of theirs may come after their end. */
const MAX_ENDED = 1_000
/** Signs of life are written at least this often while records come, and before anyone asks. */
const SIGNS_EVERY_MILLIS = 1_000
const SAVE = `insert into sessions (key, session_id, service, user_id, tenant_id, role, began_millis, last_millis, end_kind, known)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do update set session_id = excluded.session_id, user_id = excluded.user_id, tenant_id = excluded.tenant_id, role = excluded.role,
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
  /** By key, those first of which no own record came for longest; undefined until they are needed. */
  #known: Map<string, KnownSession> | undefined
  /** The same by session id. */
  readonly #ofId = new Map<string, Set<KnownSession>>()
  /** Those of them that ended, the oldest end first. */
  readonly #ended = new Set<KnownSession>()
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
    const sessions = this.#heldOf(sessionId)
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
    const sessions = this.#heldOf(sessionId)
    if (sessions === undefined) return
    const end = span.startMillis + (span.startNanos + span.durationNanos) / 1_000_000
    for (const session of sessions) this.#sawSign(session, span.traceId, resourceId, end)
  }

  /** Writes what a transaction changed, inside it. */
  finish(): void {
    this.#saveChanged()
    if (this.#alive.size > 0 && Date.now() - this.#signsWritten >= SIGNS_EVERY_MILLIS) this.writeSigns()
  }

  /** Whether signs of life are to be written before sessions are read. */
  get hasSigns(): boolean {
    return this.#alive.size > 0
  }

  /** Writes signs of life, and what the transaction changed so far, inside it. */
  writeSigns(): void {
    this.#saveChanged()
    for (const session of this.#alive) this.#save(session)
    this.#alive.clear()
    this.#signsWritten = Date.now()
  }

  /** Drops what is held, after a transaction was taken back or sessions were deleted. */
  forget(): void {
    this.#known = undefined
    for (const held of [this.#ofId, this.#ended, this.#changed, this.#alive]) held.clear()
  }

  #saveChanged(): void {
    for (const session of this.#changed) this.#save(session)
    this.#changed.clear()
  }

  #sawEvent(entry: LogEntry, sessionId: string | null, resourceId: number): void {
    if (sessionId !== null && isOwnRecord(entry)) this.#sawOwnRecord(entry, sessionId, resourceId)
    else if (entry.eventName === INSTANCE_EVENTS.started || entry.eventName === INSTANCE_EVENTS.stopped)
      this.#sawInstance(entry, resourceId)
  }

  #sawOwnRecord(entry: LogEntry, sessionId: string, resourceId: number): void {
    const key = sessionKey(entry, sessionId, resourceId)
    const known = this.#held().get(key) ?? this.#stored(key)
    const session = known ?? newSession(entry, sessionId, resourceId)
    const idBefore = known?.sessionId
    this.#release(session)
    learn(session, entry)
    if (session.sessionId !== idBefore) this.#earlier.learn(session)
    this.#changed.add(session)
    this.#hold(session)
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

  /** Behind all others. */
  #hold(session: KnownSession): void {
    const held = this.#held()
    this.#add(held, session)
    if (session.end !== null) this.#ended.add(session)
    if (this.#ended.size > MAX_ENDED) this.#drop(this.#ended.values().next().value as KnownSession)
    if (held.size > MAX_KNOWN) this.#drop(held.values().next().value as KnownSession)
  }

  /** What is unwritten of it is saved first, so that no two states of one session are ever under way. */
  #drop(session: KnownSession): void {
    const isChanged = this.#changed.delete(session)
    if (this.#alive.delete(session) || isChanged) this.#save(session)
    this.#release(session)
  }

  #add(held: Map<string, KnownSession>, session: KnownSession): void {
    held.set(session.key, session)
    const sameId = this.#ofId.get(session.sessionId)
    if (sameId === undefined) this.#ofId.set(session.sessionId, new Set([session]))
    else sameId.add(session)
  }

  #release(session: KnownSession): void {
    this.#held().delete(session.key)
    this.#ended.delete(session)
    const sameId = this.#ofId.get(session.sessionId)
    sameId?.delete(session)
    if (sameId?.size === 0) this.#ofId.delete(session.sessionId)
  }

  #heldOf(sessionId: string | null): Iterable<KnownSession> | undefined {
    if (sessionId === null) return undefined
    this.#held()
    return this.#ofId.get(sessionId)
  }

  #held(): Map<string, KnownSession> {
    if (this.#known !== undefined) return this.#known
    this.#known = new Map()
    const sql = 'select known from sessions where end_kind is null order by began_millis desc limit ?'
    for (const row of this.#database.all(sql, MAX_KNOWN).toReversed()) {
      this.#add(this.#known, JSON.parse(row['known'] as string) as KnownSession)
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
