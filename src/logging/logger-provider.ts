import type { Logger as ApiLogger, LoggerProvider, LogRecord } from '@opentelemetry/api'
import { toMillis } from '../tracing/index.ts'
import type { Component } from './component.ts'
import { levelName } from './level.ts'
import { pipeline } from './pipeline.ts'
import { safeName } from './safe-name.ts'

const UNSPECIFIED_SEVERITY = 9
const MAX_SEVERITY = 24

/** clew behind OpenTelemetry's Logs API: records of other libraries take the same way as our own. */
export class ClewLoggerProvider implements LoggerProvider {
  getLogger(name: string): ApiLogger {
    return new ApiLoggerAdapter(pipeline.components.get(name))
  }
}

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
        fields: isObject(record.attributes) ? record.attributes : undefined,
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

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
