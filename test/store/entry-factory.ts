import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'

/** A time that tests build on: 2026-11-21T10:00:00Z. */
export const NOON = Date.UTC(2026, 10, 21, 10)

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
export const SPAN = '00f067aa0ba902b7'

/** A log entry with what a test says and defaults for the rest. */
export function logEntry(given: Partial<LogEntry> & { component?: string; service?: string } = {}): LogEntry {
  const { component = 'orders', service = 'shop', ...rest } = given
  return {
    resource: { service, attributes: { 'service.name': service, 'host.name': 'h1' } },
    scope: { name: component, version: '', attributes: {} },
    timeMillis: NOON,
    timeNanos: 0,
    severityNumber: 9,
    severityText: 'INFO',
    eventName: '',
    body: 'order placed',
    attributes: {},
    traceId: '',
    spanId: '',
    ...rest,
  }
}

/** A span entry with what a test says and defaults for the rest. */
export function spanEntry(given: Partial<SpanEntry> & { service?: string } = {}): SpanEntry {
  const { service = 'shop', ...rest } = given
  return {
    resource: { service, attributes: { 'service.name': service } },
    scope: { name: 'clew/http', version: '1.0.0', attributes: {} },
    traceId: TRACE,
    spanId: SPAN,
    parentSpanId: '',
    name: 'GET /orders/{id}',
    kind: 2,
    startMillis: NOON,
    startNanos: 123_456,
    durationNanos: 12_500_000,
    statusCode: 0,
    statusMessage: '',
    attributes: {},
    events: [],
    links: [],
    ...rest,
  }
}
