import type { Context } from '@opentelemetry/api'
import { pipeline, SEVERITY, type LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'

/** The component that WebSocket records and spans belong to. */
export const COMPONENT = 'websocket'

/** One record about a session. */
export interface SessionRecord {
  readonly level: LevelName
  readonly message: string
  readonly event: string
  readonly fields: Fields
  readonly context: Context
  readonly error?: unknown
}

const component = pipeline.components.get(COMPONENT)

/** Says it, as the component `websocket`. */
export function emitRecord({ level, message, event, fields, context, error }: SessionRecord): void {
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
