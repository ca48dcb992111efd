import type { Instrumentation } from '../../../instrumentations/instrumentation.ts'
import { createLoggerBridges, type LoggersSettings } from '../../../instrumentations/loggers/index.ts'
import { captureLogs, type CapturedRecord } from '../../../src/testing/index.ts'
import { seenRecord, type SeenRecord } from '../../support/seen-record.ts'

const OFF: LoggersSettings = { console: 'off', pino: 'off', winston: 'off', bunyan: 'off', traceIds: false }

/** Lines that a logger wrote, as a stream that keeps them. */
export class Lines {
  readonly written: string[] = []

  write = (line: string): boolean => {
    this.written.push(line)
    return true
  }

  get last(): Record<string, unknown> {
    return JSON.parse(this.written.at(-1) ?? '{}') as Record<string, unknown>
  }
}

/** Bridges at work, and what they took. */
export class Bridged {
  readonly failures: unknown[] = []
  readonly bridges: readonly Instrumentation[]
  readonly #captured = captureLogs()

  constructor(settings: Partial<LoggersSettings>) {
    this.bridges = createLoggerBridges({ ...OFF, ...settings }, (error) => this.failures.push(error))
    for (const bridge of this.bridges) bridge.enable()
  }

  get raw(): readonly CapturedRecord[] {
    return this.#captured.records
  }

  get records(): SeenRecord[] {
    return this.raw.map(seenRecord)
  }

  /** The only record, without what is absent. */
  get only(): SeenRecord {
    if (this.records.length !== 1) throw new Error(`expected one record: ${JSON.stringify(this.records)}`)
    return this.records[0] as SeenRecord
  }

  clear(): void {
    this.#captured.clear()
  }

  /** Ends it; throws what our own code failed at meanwhile. */
  stop(): void {
    for (const bridge of this.bridges) bridge.disable()
    this.#captured.stop()
    if (this.failures.length > 0) throw new AggregateError(this.failures, 'a bridge failed')
  }
}
