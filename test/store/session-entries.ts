import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { NOON, SPAN, TRACE, logEntry, spanEntry } from './entry-factory.ts'

/** The process that a test's session is in. */
export const PROCESS = {
  service: 'chat',
  attributes: { 'service.name': 'chat', 'service.instance.id': 'i-1', 'host.name': 'h1', 'process.pid': 7 },
}

/** Another process of the same service on the same host. */
export const OTHER_PROCESS = {
  service: 'chat',
  attributes: { ...PROCESS.attributes, 'service.instance.id': 'i-2', 'process.pid': 8 },
}

type Given = Partial<LogEntry> & { component?: string; at?: number; session?: string; fields?: LogEntry['attributes'] }

/** A record of a session, so many milliseconds after NOON. */
export function sessionLog({ at = 0, session = 's-1', fields = {}, ...rest }: Given = {}): LogEntry {
  return logEntry({
    resource: PROCESS,
    timeMillis: NOON + at,
    traceId: TRACE,
    spanId: SPAN,
    attributes: { 'session.id': session, ...fields },
    ...rest,
  })
}

/** A record that a session says of itself. */
export function ownLog(event: 'connected' | 'summary' | 'disconnected' | 'failed', given: Given = {}): LogEntry {
  const { at = 0, fields = {} } = given
  const counts =
    event === 'connected'
      ? {}
      : {
          'clew.duration_ms': at,
          'websocket.messages.received': at / 100,
          'websocket.messages.sent': at / 200,
          'websocket.bytes.received': at,
          'websocket.bytes.sent': at * 2,
        }
  const own = { 'websocket.role': 'server', ...counts, ...fields }
  return sessionLog({ ...given, eventName: `websocket.${event}`, body: event, fields: own })
}

/** A span of a session. */
export function sessionSpan({
  at = 0,
  session = 's-1',
  ...rest
}: Partial<SpanEntry> & { at?: number; session?: string }): SpanEntry {
  return spanEntry({
    resource: PROCESS,
    startMillis: NOON + at,
    startNanos: 0,
    parentSpanId: SPAN,
    ...rest,
    attributes: { 'session.id': session, ...rest.attributes },
  })
}

/** A session from its upgrade to its end, with a Redis command, an operation and an error inside. */
export function wholeSession(): { logs: LogEntry[]; spans: SpanEntry[] } {
  const redis = { 'db.system.name': 'redis', 'db.operation.name': 'GET' }
  return {
    logs: [
      ownLog('connected', { fields: { 'client.address': '10.0.0.1', 'websocket.protocol': 'chat.v1' } }),
      ownLog('summary', { at: 1000, fields: { 'websocket.summary_interval_ms': 1000, 'user.id': 'u-1' } }),
      sessionLog({ at: 1500, body: 'no such room', severityNumber: 17, fields: { 'clew.tenant.id': 'acme' } }),
      sessionLog({ at: 1600, body: 'by the way', component: 'rooms' }),
      ownLog('disconnected', {
        at: 3000,
        fields: { 'websocket.close.code': 1001, 'websocket.close.reason': 'bye', 'websocket.ping.count': 3 },
      }),
    ],
    spans: [
      spanEntry({ resource: PROCESS, spanId: 'aaaaaaaaaaaaaaaa', name: 'GET', startMillis: NOON - 1, startNanos: 0 }),
      sessionSpan({ spanId: SPAN, parentSpanId: 'aaaaaaaaaaaaaaaa', name: 'websocket session', durationNanos: 3e9 }),
      sessionSpan({ at: 1200, spanId: 'bbbbbbbbbbbbbbbb', name: 'store', kind: 1, durationNanos: 5e6 }),
      sessionSpan({
        at: 1201,
        spanId: 'cccccccccccccccc',
        name: 'GET',
        kind: 3,
        durationNanos: 2e6,
        attributes: redis,
      }),
    ],
  }
}
