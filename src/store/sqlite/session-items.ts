import type { LogReader } from './log-reader.ts'
import type { TraceReader } from './trace-reader.ts'
import { SESSION_EVENTS } from '../session/websocket-fields.ts'
import type { SessionItem, SessionItemKind, SessionSpan, StoredSession } from '../session/stored-session.ts'
import type { StoredLog } from '../stored-log.ts'

/** The place of an item: spans stand before the records of the same millisecond. */
export interface Place {
  readonly millis: number
  readonly source: 0 | 1
  readonly id: number
}

/** An item and its place. */
export interface PlacedItem extends Place {
  readonly item: SessionItem
}

const CURSOR = /^(-?\d+):([01]):(-?\d+)$/
const SEVERE = new Set(['ERROR', 'CRITICAL'])
const REDIS = new Set(['redis', 'valkey'])

/** Reads what happened in a session, in order of time, page by page. */
export class SessionItems {
  readonly #logs: LogReader
  readonly #traces: TraceReader

  constructor(logs: LogReader, traces: TraceReader) {
    this.#logs = logs
    this.#traces = traces
  }

  /** A page, and the place of its last item when there are more. */
  page(
    sessionId: string,
    sessions: readonly StoredSession[],
    { limit, after }: { limit: number; after: Place | undefined },
  ): { items: SessionItem[]; nextId: string | null } {
    const spans = new Map<number, PlacedItem>()
    for (const { id, span } of this.#traces.ofSession(sessionId, limit + 1, after)) {
      spans.set(id, placedSpan(id, span, isSessionSpan(span, sessions) ? 'session' : kindOfSpan(span)))
    }
    for (const { id, span } of this.#upgrades(sessions)) {
      const placed = placedSpan(id, span, 'upgrade')
      if (after === undefined || compare(placed, after) > 0) spans.set(id, placed)
    }
    const records = this.#logs.ofSession(sessionId, limit + 1, after).map(placedRecord)
    const found = [...spans.values(), ...records].sort(compare)
    const shown = found.slice(0, limit)
    const last = found.length > limit ? shown.at(-1) : undefined
    // Inside a page the order is exact.
    const items = shown
      .map(({ item }) => item)
      .sort((a, b) => (nanosOf(a) < nanosOf(b) ? -1 : nanosOf(a) > nanosOf(b) ? 1 : 0))
    return { items, nextId: last === undefined ? null : `${last.millis}:${last.source}:${last.id}` }
  }

  #upgrades(sessions: readonly StoredSession[]): { id: number; span: SessionSpan }[] {
    return sessions.flatMap((session) => {
      const found = session.role === 'server' ? this.#traces.upgradeOf(session) : undefined
      return found === undefined ? [] : [found]
    })
  }
}

/** The place in a cursor; undefined when it is none of ours. */
export function placeOf(cursor: string): Place | undefined {
  const [, millis, source, id] = CURSOR.exec(cursor) ?? []
  if (millis === undefined) return undefined
  return { millis: Number(millis), source: source === '0' ? 0 : 1, id: Number(id) }
}

function compare(a: Place, b: Place): number {
  return a.millis - b.millis || a.source - b.source || a.id - b.id
}

function placedSpan(id: number, span: SessionSpan, kind: SessionItemKind): PlacedItem {
  return { millis: Date.parse(span.start), source: 0, id, item: { kind, span } }
}

function placedRecord({ id, millis, record }: { id: number; millis: number; record: StoredLog }): PlacedItem {
  return { millis, source: 1, id, item: { kind: kindOfRecord(record), record } }
}

function nanosOf(item: SessionItem): bigint {
  return BigInt('span' in item ? item.span.start_unix_nano : item.record.time_unix_nano)
}

function kindOfRecord({ event, level, metadata }: StoredLog): SessionItemKind {
  if ('websocket.role' in metadata) {
    if (event === SESSION_EVENTS.connected) return 'start'
    if (event === SESSION_EVENTS.summary) return 'summary'
    if (event === SESSION_EVENTS.disconnected || event === SESSION_EVENTS.failed) return 'end'
  }
  return SEVERE.has(level) ? 'error' : 'log'
}

/** Conventions before 1.28 called it `db.system`. */
function kindOfSpan({ attributes, kind }: SessionSpan): SessionItemKind {
  const system = attributes['db.system.name'] ?? attributes['db.system']
  if (typeof system === 'string' && REDIS.has(system)) return 'redis'
  if (kind === 'SERVER') return 'request'
  return kind === 'INTERNAL' ? 'operation' : 'call'
}

function isSessionSpan(span: SessionSpan, sessions: readonly StoredSession[]): boolean {
  if (sessions.some((session) => session.span_id === span.span_id)) return true
  // The spans of messages tell the role, too.
  return 'websocket.role' in span.attributes && !('websocket.message.kind' in span.attributes)
}
