import { fromHrTime } from './hr-time.ts'
import type { ReadableSpan, SpanProcessor } from './sdk-shapes.ts'

/** Writes each ended span to stdout as one line of JSON. */
export class ConsoleSpans implements SpanProcessor {
  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const { traceId, spanId } = span.spanContext()
    const line = {
      timestamp: new Date(fromHrTime(span.startTime)).toISOString(),
      span: span.name,
      trace_id: traceId,
      span_id: spanId,
      parent_span_id: span.parentSpanContext?.spanId,
      component: span.instrumentationScope.name,
      duration_ms: fromHrTime(span.duration),
      error: span.status.code === 2 ? (span.status.message ?? true) : undefined,
      metadata: span.attributes,
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }

  forceFlush(): Promise<void> {
    return Promise.resolve()
  }

  shutdown(): Promise<void> {
    return Promise.resolve()
  }
}
