import type { Context } from '@opentelemetry/api'
import { pipeline, SEVERITY, type LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'

/** The component that HTTP records, spans and metrics belong to. */
export const COMPONENT = 'http'

/** One record about a request or a call. */
export interface HttpRecord {
  readonly level: LevelName
  readonly message: string
  readonly context: Context
  readonly event?: string
  readonly fields?: Fields
  readonly error?: unknown
}

const component = pipeline.components.get(COMPONENT)

/** Whether a record of this level would be kept. */
export function isEnabled(level: LevelName): boolean {
  return component.threshold <= SEVERITY[level]
}

/** Says it, as the component `http`. */
export function emitRecord({ level, message, event, fields, context, error }: HttpRecord): void {
  if (!isEnabled(level)) return
  pipeline.emit({
    component,
    severityNumber: SEVERITY[level],
    severityText: level,
    body: message,
    eventName: event,
    fields,
    context,
    error,
  })
}

/** Milliseconds as records carry them: to the microsecond. */
export function roundedMillis(millis: number): number {
  return Math.round(millis * 1_000) / 1_000
}
