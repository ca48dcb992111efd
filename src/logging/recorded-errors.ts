import type { TraceIdentity } from '../otlp/index.ts'
import { errorDetails, type ErrorDetails, type ErrorSafety } from '../values/index.ts'

interface Occurrence {
  readonly severityNumber: number
  readonly traceId: string
}

/** Errors that stand whole in a record already, and in which. */
const recorded = new WeakMap<object, Occurrence>()

/** What a record says of an error. */
export interface RecordedError {
  readonly details: ErrorDetails
  /** Whether an earlier record of the same trace, at least as severe, holds the error with its stack: this one does without. */
  readonly repeated: boolean
}

/** Describes what was thrown: with its stack, and without it when the same error comes again on its way up through a trace. */
export function recordedError(
  thrown: unknown,
  { severityNumber, trace }: { readonly severityNumber: number; readonly trace: TraceIdentity | undefined },
  safety: ErrorSafety,
): RecordedError {
  const details = errorDetails(thrown, safety)
  if (trace === undefined || typeof thrown !== 'object' || thrown === null) return { details, repeated: false }
  const earlier = recorded.get(thrown)
  if (earlier?.traceId === trace.traceId && earlier.severityNumber >= severityNumber) {
    const { type, message } = details
    return { details: { type, message }, repeated: true }
  }
  recorded.set(thrown, { severityNumber, traceId: trace.traceId })
  return { details, repeated: false }
}
