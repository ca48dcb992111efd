import type { Context } from '@opentelemetry/api'
import { pipeline, SEVERITY, type LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'

/** The component that Redis records, spans and metrics belong to. */
export const COMPONENT = 'redis'

/** One record about an operation or a connection. */
export interface RedisRecord {
  readonly level: LevelName
  readonly message: string
  readonly fields: Fields
  readonly context: Context
  readonly event?: string
  readonly error?: unknown
}

const component = pipeline.components.get(COMPONENT)

/** Says it, as the component `redis`. */
export function emitRecord({ level, message, event, fields, context, error }: RedisRecord): void {
  if (component.threshold > SEVERITY[level]) return
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
