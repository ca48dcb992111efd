import type { Context } from '@opentelemetry/api'
import { pipeline, SEVERITY, type LevelName } from '../src/logging/index.ts'
import type { Fields } from '../src/otlp/index.ts'

/** One record that an instrumentation says. */
export interface SpokenRecord {
  readonly level: LevelName
  readonly message: string
  /** Where it belongs; not the running code's, which may be somebody else's. */
  readonly context: Context
  readonly event?: string | undefined
  readonly fields?: Fields | undefined
  readonly error?: unknown
  /** For the audit channel: said whatever the component's level is. */
  readonly audit?: boolean
}

/** Says records as one component. */
export interface Speaker {
  /** Whether a record of this level would be kept. */
  readonly isEnabled: (level: LevelName) => boolean
  readonly say: (record: SpokenRecord) => void
}

/** The voice of an instrumentation's component. */
export function createSpeaker(name: string): Speaker {
  const component = pipeline.components.get(name)
  const isEnabled = (level: LevelName): boolean => component.threshold <= SEVERITY[level]
  return {
    isEnabled,
    say({ level, message, event, fields, context, error, audit = false }) {
      if (!audit && !isEnabled(level)) return
      const severityNumber = SEVERITY[level]
      pipeline.emit({
        component,
        severityNumber,
        severityText: level,
        body: message,
        eventName: event,
        fields,
        context,
        error,
        audit,
      })
    },
  }
}
