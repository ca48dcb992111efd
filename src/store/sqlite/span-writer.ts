import { ATTRIBUTE } from '../../fields/index.ts'
import type { SpanEntry } from '../../otlp/decode-entry.ts'
import { columnText } from '../attribute-text.ts'
import type { Database } from './database.ts'
import { idBytes } from './log-writer.ts'
import type { Names } from './names.ts'
import type { SessionWriter } from './session-writer.ts'
import { unixNano } from '../stored-log.ts'
import { isoTime } from '../stored-log.ts'

const INSERT_SPAN = `insert or ignore into spans (trace_id, span_id, parent_span_id, scope_id, resource_id, name, kind,
  start_millis, start_nanos, duration_nanos, status, status_message, attributes, events, links, session_id)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** A trace is named after its root span, or its first while the root is not there. */
const UPSERT_TRACE = `insert into traces (trace_id, start_micros, end_micros, is_rooted, name, resource_id, spans, errors)
  values (?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do update set
    name = iif(excluded.is_rooted > is_rooted or (excluded.is_rooted = is_rooted and excluded.start_micros < start_micros),
      excluded.name, name),
    resource_id = iif(excluded.is_rooted > is_rooted or (excluded.is_rooted = is_rooted
      and excluded.start_micros < start_micros), excluded.resource_id, resource_id),
    start_micros = min(start_micros, excluded.start_micros), end_micros = max(end_micros, excluded.end_micros),
    is_rooted = max(is_rooted, excluded.is_rooted), spans = spans + excluded.spans, errors = errors + excluded.errors`

const STATUS_ERROR = 2

interface TraceChange {
  startMicros: number
  endMicros: number
  isRooted: boolean
  nameMicros: number
  name: string
  resourceId: number
  spans: number
  errors: number
}

/** Writes spans, and what is known of their traces, inside the caller's transaction. */
export class SpanWriter {
  readonly #database: Database
  readonly #names: Names
  readonly #sessions: SessionWriter
  readonly #changes = new Map<string, TraceChange>()

  constructor(database: Database, names: Names, sessions: SessionWriter) {
    this.#database = database
    this.#names = names
    this.#sessions = sessions
  }

  /** False when the span is stored already. */
  write(span: SpanEntry): boolean {
    const resourceId = this.#names.resourceId(span.resource)
    const sessionId = columnText(span.attributes[ATTRIBUTE.session_id])
    const inserted = this.#database.run(
      INSERT_SPAN,
      idBytes(span.traceId),
      idBytes(span.spanId),
      idBytes(span.parentSpanId),
      this.#names.scopeId(span.scope),
      resourceId,
      span.name,
      span.kind,
      span.startMillis,
      span.startNanos,
      span.durationNanos,
      span.statusCode,
      span.statusMessage === '' ? null : span.statusMessage,
      jsonOrNull(span.attributes),
      eventsJson(span),
      linksJson(span),
      sessionId,
    )
    if (inserted === 0) return false
    this.#note(span, resourceId)
    this.#sessions.sawSpan(span, sessionId, resourceId)
    return true
  }

  /** Writes what the spans of a transaction changed in their traces, inside it. */
  finish(): void {
    for (const [traceId, each] of this.#changes) {
      const id = idBytes(traceId)
      const root = each.isRooted ? 1 : 0
      const times = [each.startMicros, each.endMicros] as const
      this.#database.run(UPSERT_TRACE, id, ...times, root, each.name, each.resourceId, each.spans, each.errors)
    }
    this.forget()
  }

  forget(): void {
    this.#changes.clear()
  }

  #note(span: SpanEntry, resourceId: number): void {
    const startMicros = span.startMillis * 1000 + span.startNanos / 1000
    const endMicros = startMicros + span.durationNanos / 1000
    const isRoot = span.parentSpanId === ''
    const error = span.statusCode === STATUS_ERROR ? 1 : 0
    const known = this.#changes.get(span.traceId)
    if (known === undefined) {
      const own = { startMicros, endMicros, isRooted: isRoot, nameMicros: startMicros, name: span.name, resourceId }
      this.#changes.set(span.traceId, { ...own, spans: 1, errors: error })
      return
    }
    known.spans++
    known.errors += error
    if (isRoot === known.isRooted ? startMicros < known.nameMicros : isRoot) {
      Object.assign(known, { name: span.name, resourceId, nameMicros: startMicros, isRooted: isRoot })
    }
    known.startMicros = Math.min(known.startMicros, startMicros)
    known.endMicros = Math.max(known.endMicros, endMicros)
  }
}

function jsonOrNull(attributes: SpanEntry['attributes']): string | null {
  const json = JSON.stringify(attributes)
  return json === '{}' ? null : json
}

/** Events and links are stored as the log API answers them. */
function eventsJson(span: SpanEntry): string | null {
  if (span.events.length === 0) return null
  const events = span.events.map((event) => ({
    name: event.name,
    time: isoTime(event.timeMillis),
    time_unix_nano: unixNano(event.timeMillis, event.timeNanos),
    attributes: event.attributes,
  }))
  return JSON.stringify(events)
}

function linksJson(span: SpanEntry): string | null {
  if (span.links.length === 0) return null
  const links = span.links.map((link) => ({
    trace_id: link.traceId,
    span_id: link.spanId,
    attributes: link.attributes,
  }))
  return JSON.stringify(links)
}
