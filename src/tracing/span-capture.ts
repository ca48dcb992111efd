import type { Context } from '@opentelemetry/api'
import type { RecordingSpan } from './span.ts'
import type { TracerParts } from './tracer.ts'

/** Takes ended spans in place of those they were made for, while tests capture. Must not throw. */
export interface SpanCapture {
  /** Hears of a new span, and of the context it was started in. */
  spanStarted(span: RecordingSpan, context: Context): void
  /** Takes an ended span, if it is one of those it captures. @returns whether it is; it goes nowhere else then */
  takeSpan(span: RecordingSpan): boolean
}

let current: SpanCapture | undefined

/** Puts a capture before the sinks of all tracers, or takes it away. */
export function captureSpans(capture: SpanCapture | undefined): void {
  current = capture
}

/** The parts, with the capture before them whenever there is one. */
export function capturable(parts: TracerParts): TracerParts {
  return {
    ...parts,
    started(span, context) {
      current?.spanStarted(span, context)
      parts.started?.(span, context)
    },
    ended(span) {
      if (current?.takeSpan(span) === true) parts.counts?.ended(span.traceFlags)
      else parts.ended(span)
    },
  }
}
