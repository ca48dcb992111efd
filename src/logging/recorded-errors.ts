import type { TraceIdentity } from '../otlp/index.ts'
import { errorDetails, type ErrorDetails, type ErrorSafety } from '../values/index.ts'

interface Occurrence {
  readonly severityNumber: number
  readonly traceId: string
}

/** Errors that stand whole in a record already, and in which. */
const recorded = new WeakMap<object, Occurrence>()

/** The record an error is for. */
export interface RecordOfError {
  readonly severityNumber: number
  readonly trace: TraceIdentity | undefined
  /** False for a record that may never go out: another one must hold the stack then. */
  readonly isKept: boolean
}

/** What a record says of an error. */
export interface RecordedError {
  readonly details: ErrorDetails
  /** Whether an earlier record of the same trace, at least as severe, holds the error with its stack: this one does without. */
  readonly repeated: boolean
}

/** Describes what was thrown: with its stack, and without it when the same error comes again on its way up through a trace. */
export function recordedError(
  thrown: unknown,
  { severityNumber, trace, isKept }: RecordOfError,
  safety: ErrorSafety,
): RecordedError {
  const details = errorDetails(thrown, safety)
  if (trace === undefined || typeof thrown !== 'object' || thrown === null) return { details, repeated: false }
  const earlier = recorded.get(thrown)
  if (earlier?.traceId === trace.traceId && earlier.severityNumber >= severityNumber) {
    const { type, message } = details
    return { details: { type, message }, repeated: true }
  }
  if (isKept) recorded.set(thrown, { severityNumber, traceId: trace.traceId })
  return { details, repeated: false }
}
