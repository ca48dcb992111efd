import type { LogRecordData, TraceIdentity } from '../otlp/index.ts'
import { errorDetails, type ErrorDetails, type ErrorSafety } from '../values/index.ts'

interface Occurrence {
  readonly severityNumber: number
  readonly traceId: string
}

/** Errors that stand whole in a record already, and in which. */
const recorded = new WeakMap<object, Occurrence>()
/** The errors whose stacks a description holds. */
const heldBy = new WeakMap<ErrorDetails, readonly object[]>()

/**
 * Describes what was thrown: each error in it with its stack, but for those that come again on their way up through a trace, alone or inside another error, and whose stack an earlier record,
 * at least as severe, holds.
 */
export function recordedError(
  thrown: unknown,
  { severityNumber, trace }: { readonly severityNumber: number; readonly trace: TraceIdentity | undefined },
  safety: ErrorSafety,
): ErrorDetails {
  if (trace === undefined) return errorDetails(thrown, safety)
  const fresh: object[] = []
  const details = errorDetails(thrown, safety, (error) => {
    const earlier = recorded.get(error)
    const told = earlier?.traceId === trace.traceId && earlier.severityNumber >= severityNumber
    if (!told) fresh.push(error)
    return told
  })
  heldBy.set(details, fresh)
  return details
}

/** From now on the stacks in this record are not told again in its trace: to be called when it goes out. */
export function markTold({ error, trace, severityNumber }: LogRecordData): void {
  if (error === undefined || trace === undefined) return
  for (const one of heldBy.get(error) ?? []) recorded.set(one, { severityNumber, traceId: trace.traceId })
}
