import { isSpanContextValid, trace, type Context, type SpanContext } from '@opentelemetry/api'

/** The ids of the active span, under the names and in the form that OpenTelemetry recommends for lines of JSON. @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
export interface TraceIds {
  readonly trace_id: string
  readonly span_id: string
  readonly trace_flags: string
}

let last: SpanContext | undefined
let lastIds: TraceIds | undefined

/** The ids of a context's span; undefined outside of any. The same object for the same span, as long as no other is asked for. */
export function traceIdsOf(context: Context): TraceIds | undefined {
  const span = trace.getSpan(context)?.spanContext()
  if (span === undefined) return undefined
  if (last?.spanId !== span.spanId || last.traceId !== span.traceId || last.traceFlags !== span.traceFlags) {
    last = span
    lastIds = isSpanContextValid(span) ? idsOf(span) : undefined
  }
  return lastIds
}

function idsOf({ traceId, spanId, traceFlags }: SpanContext): TraceIds {
  return { trace_id: traceId, span_id: spanId, trace_flags: traceFlags.toString(16).padStart(2, '0') }
}
