import type { Context } from '@opentelemetry/api'
import { isSuppressed } from '../../src/context/index.ts'
import { pipeline } from '../../src/logging/index.ts'
import type { BoundFields, Fields } from '../../src/otlp/index.ts'
import type { Severity } from './severity.ts'

type Component = ReturnType<typeof pipeline.components.get>

/** What another logger said. */
export interface ForeignRecord {
  readonly body: unknown
  readonly fields?: Fields | undefined
  readonly bound?: BoundFields | undefined
  readonly error?: unknown
  /** Only where it is not now. */
  readonly timeMillis?: number | undefined
}

/** Who said it, how severe it is, and where it belongs. */
export interface ForeignCall {
  readonly component: Component
  readonly severity: Severity
  readonly context: Context
  /** Whether the logger writes a line of it itself. */
  readonly said: boolean
}

/** Whether a record would be kept; not what an exporter says while it works, which would never end. */
export function isTaken(component: Component, severity: Severity, context: Context): boolean {
  return component.threshold <= severity.number && !isSuppressed(context)
}

/** Hands a record of another logger to clew's outputs. Never throws. */
export function emitForeign({ component, severity, context, said }: ForeignCall, record: ForeignRecord): void {
  pipeline.emit({
    component,
    severityNumber: severity.number,
    severityText: severity.text,
    body: record.body,
    fields: record.fields,
    bound: record.bound,
    error: record.error,
    timeMillis: record.timeMillis,
    context,
    said,
  })
}
