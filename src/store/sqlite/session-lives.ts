import type { SessionLifeQuery } from '../log-store.ts'
import type { SessionLife, SessionState, StoredSession } from '../session/stored-session.ts'
import type { Database } from './database.ts'
import type { LogReader } from './log-reader.ts'
import type { Names } from './names.ts'
import { SessionItems, placeOf } from './session-items.ts'
import { SessionReader } from './session-reader.ts'
import { SessionStatisticsReader } from './session-statistics.ts'
import type { TraceReader } from './trace-reader.ts'

const MAX_SESSIONS = 100

/** Reads all that is known of one session id. */
export class SessionLives {
  readonly #sessions: SessionReader
  readonly #items: SessionItems
  readonly #statistics: SessionStatisticsReader

  constructor(
    database: Database,
    { names, logs, traces }: { readonly names: Names; readonly logs: LogReader; readonly traces: TraceReader },
  ) {
    this.#sessions = new SessionReader(database)
    this.#items = new SessionItems(logs, traces)
    this.#statistics = new SessionStatisticsReader(database, names, logs)
  }

  /** See `LogStore.getSession`. */
  read(sessionId: string, query: SessionLifeQuery): (SessionLife & { nextId: string | null }) | undefined {
    const sessions = this.#sessions.ofId(sessionId, MAX_SESSIONS, query.nowMillis)
    const after = query.afterId === undefined ? undefined : placeOf(query.afterId)
    const { items, nextId } = this.#items.page(sessionId, sessions, { limit: query.limit, after })
    if (sessions.length === 0 && items.length === 0 && after === undefined) return undefined
    const counted = after === undefined ? this.#statistics.read(sessionId, sessions) : { statistics: null, traces: [] }
    return { session_id: sessionId, state: stateOf(sessions), sessions, ...counted, items, nextId }
  }
}

/** What is open is what counts; else what the server's end was last, since it knows more of a connection than a client does. */
function stateOf(sessions: readonly StoredSession[]): SessionState | null {
  const main =
    sessions.find(({ state }) => state === 'open') ?? sessions.find(({ role }) => role === 'server') ?? sessions[0]
  return main?.state ?? null
}
