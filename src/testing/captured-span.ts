import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { assembleRequest, ByteWriter, encodeSpan, type Encoding } from '../otlp/index.ts'
import type { Attributes } from '../otlp/decode-entry.ts'
import { decodeSpans } from '../otlp/decode-request.ts'
import type { RecordingSpan } from '../tracing/index.ts'

/** An ended span as it left the encoder, safe and redacted; keys as in the log API. */
export interface CapturedSpan {
  readonly name: string
  readonly kind: keyof typeof SpanKind
  readonly status: keyof typeof SpanStatusCode
  readonly status_message?: string
  readonly trace_id: string
  readonly span_id: string
  /** Absent for a root span. */
  readonly parent_span_id?: string
  /** The instrumentation scope: for operations, the component. */
  readonly scope: string
  /** ISO 8601, UTC, with milliseconds. */
  readonly start: string
  readonly duration_ms: number
  readonly attributes: Attributes
  readonly events: readonly CapturedSpanEvent[]
  readonly links: readonly CapturedSpanLink[]
}

/** An event inside a span. */
export interface CapturedSpanEvent {
  readonly name: string
  readonly time: string
  readonly attributes: Attributes
}

/** A link of a span to another. */
export interface CapturedSpanLink {
  readonly trace_id: string
  readonly span_id: string
  readonly attributes: Attributes
}

/** Encodes a span as the output does and reads it back. */
export function captureSpan(span: RecordingSpan, encoding: Encoding): CapturedSpan {
  const writer = new ByteWriter(1_024)
  encodeSpan(writer, span, encoding)
  const body = assembleRequest(new Uint8Array(), [{ scope: span.scope.bytes, items: [writer.copy()] }])
  const [entry] = decodeSpans(body, 'protobuf').spans
  if (entry === undefined) throw new Error('the span was encoded to nothing')
  return {
    name: entry.name,
    kind: SpanKind[entry.kind - 1] as keyof typeof SpanKind,
    status: SpanStatusCode[entry.statusCode] as keyof typeof SpanStatusCode,
    ...(entry.statusMessage === '' ? undefined : { status_message: entry.statusMessage }),
    trace_id: entry.traceId,
    span_id: entry.spanId,
    ...(entry.parentSpanId === '' ? undefined : { parent_span_id: entry.parentSpanId }),
    scope: entry.scope.name,
    start: isoTime(entry.startMillis),
    duration_ms: entry.durationNanos / 1e6,
    attributes: entry.attributes,
    events: entry.events.map(({ name, timeMillis, attributes }) => ({ name, time: isoTime(timeMillis), attributes })),
    links: entry.links.map(({ traceId, spanId, attributes }) => ({ trace_id: traceId, span_id: spanId, attributes })),
  }
}

function isoTime(millis: number): string {
  return new Date(millis).toISOString()
}
