import type { TraceIdentity } from '../otlp/index.ts'

const SAMPLED = 1

/** Flags are told only of traces that are not sampled: their spans are not to be found. @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
export function toldFlags({ traceFlags }: TraceIdentity): '00' | undefined {
  return (traceFlags & SAMPLED) === 0 ? '00' : undefined
}
