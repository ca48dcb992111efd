import { knownLevel, pipeline, SEVERITY, type LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'

const COMPONENT = 'system'

/** One event of the service itself. */
export interface SystemEvent {
  readonly event: string
  readonly level: LevelName
  readonly message: string
  /** Or what makes them, where that costs. */
  readonly fields?: Fields | (() => Fields) | undefined
  readonly error?: unknown
}

/** Says it as component `system`, by that component's level. Never throws. */
export function emitEvent({ event, level: given, message, fields, error }: SystemEvent): void {
  pipeline.guard(() => {
    const level = knownLevel(given)
    const component = pipeline.components.get(COMPONENT)
    if (component.threshold > SEVERITY[level]) return
    const record = { severityNumber: SEVERITY[level], severityText: level, body: message, eventName: event }
    pipeline.emit({ component, ...record, fields: typeof fields === 'function' ? fields() : fields, error })
  })
}
