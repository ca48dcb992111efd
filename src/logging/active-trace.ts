import { INVALID_TRACEID, trace, type Context } from '@opentelemetry/api'
import type { TraceIdentity } from '../otlp/index.ts'

/** The ids of a context's span; none where another SDK's tracer made a span without any. */
export function traceOf(context: Context): TraceIdentity | undefined {
  const span = trace.getSpan(context)?.spanContext()
  return span?.traceId === INVALID_TRACEID ? undefined : span
}
