import type { Logger as ApiLogger, LoggerProvider, LogRecord } from '@opentelemetry/api'
import type { Fields } from '../otlp/index.ts'
import { toMillis } from '../tracing/index.ts'
import { ownFields } from '../values/index.ts'
import { isFields } from './call-arguments.ts'
import type { Component } from './component.ts'
import { levelName } from './level.ts'
import { pipeline } from './pipeline.ts'
import { safeName } from './safe-name.ts'

const UNSPECIFIED_SEVERITY = 9
const MAX_SEVERITY = 24

/** clew behind OpenTelemetry's Logs API: records of other libraries take the same way as our own. */
export class ClewLoggerProvider implements LoggerProvider {
  readonly #isQuiet: (scope: string) => boolean

  /** @param isQuiet whether records of this scope are told elsewhere already: then they are left out */
  constructor(isQuiet: (scope: string) => boolean = () => false) {
    this.#isQuiet = isQuiet
  }

  getLogger(name: string): ApiLogger {
    if (this.#isQuiet(name)) return QUIET
    return new ApiLoggerAdapter(pipeline.components.get(name))
  }
}

const QUIET: ApiLogger = Object.freeze({ enabled: () => false, emit: () => {} })

class ApiLoggerAdapter implements ApiLogger {
  readonly #component: Component

  constructor(component: Component) {
    this.#component = component
  }

  enabled(options?: { severityNumber?: number }): boolean {
    return this.#component.threshold <= (options?.severityNumber ?? UNSPECIFIED_SEVERITY)
  }

  /** Never throws. What the record calls itself is foreign text: bounded and without secrets. */
  emit(record: LogRecord): void {
    pipeline.guard(() => {
      const severityNumber = severityOf(record.severityNumber)
      if (this.#component.threshold > severityNumber) return
      pipeline.emit({
        component: this.#component,
        severityNumber,
        severityText: record.severityText === undefined ? levelName(severityNumber) : safeName(record.severityText),
        body: record.body,
        fields: fieldsOf(record.attributes),
        error: record.exception,
        eventName: record.eventName === undefined ? undefined : safeName(record.eventName),
        timeMillis: record.timestamp === undefined ? undefined : toMillis(record.timestamp),
        context: record.context,
      })
    })
  }
}

function severityOf(given: number | undefined): number {
  return typeof given === 'number' && given >= 1 && given <= MAX_SEVERITY ? Math.floor(given) : UNSPECIFIED_SEVERITY
}

/** A plain object as it is; anything else, which may take long to be read or not be readable, as a copy. */
function fieldsOf(attributes: unknown): Fields | undefined {
  if (attributes === undefined) return undefined
  try {
    if (isFields(attributes)) return attributes
  } catch {
    // a proxy
  }
  return ownFields(attributes)
}
