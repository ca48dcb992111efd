import type { Context } from '@opentelemetry/api'
import { ROOT_NODE } from './context-node.ts'

/** Set in the context of work that must not be traced, by OpenTelemetry's convention: what exporters send, for one. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** Whether what happens in this context must leave no spans. */
export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING) === true
}

/** A context in which nothing leaves a span. */
export const SUPPRESSED = ROOT_NODE.setValue(SUPPRESS_TRACING, true)

/** Whether a trace that begins in this context is recorded whatever the sampler would say. */
const DECIDED = Symbol('clew.context.decided')

export function isDecided(context: Context): boolean {
  return context.getValue(DECIDED) === true
}

/** A context in which a trace that begins is recorded: it belongs to something that is recorded, though not to its trace, and shares its fate. */
export function decidedContext(context: Context): Context {
  return context.setValue(DECIDED, true)
}
