import type { Logger as ApiLogger, LoggerProvider, LogRecord } from '@opentelemetry/api'
import { toMillis } from '../tracing/index.ts'
import type { Component } from './component.ts'
import { levelName } from './level.ts'
import { pipeline } from './pipeline.ts'

const UNSPECIFIED_SEVERITY = 9

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

  emit(record: LogRecord): void {
    const severityNumber = record.severityNumber ?? UNSPECIFIED_SEVERITY
    if (this.#component.threshold > severityNumber) return
    pipeline.emit({
      component: this.#component,
      severityNumber,
      severityText: record.severityText ?? levelName(severityNumber),
      body: record.body,
      fields: record.attributes,
      error: record.exception,
      eventName: record.eventName,
      timeMillis: record.timestamp === undefined ? undefined : toMillis(record.timestamp),
      context: record.context,
    })
  }
}
