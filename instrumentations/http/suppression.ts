import type { Context } from '@opentelemetry/api'
import { ROOT_NODE } from '../../src/context/index.ts'

/** Set in the context of work that must not be traced, by OpenTelemetry's convention: what exporters send, for one. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING) === true
}

/** The context of a request that is left out: what it does leaves no spans either. */
export const SUPPRESSED = ROOT_NODE.setValue(SUPPRESS_TRACING, true)
