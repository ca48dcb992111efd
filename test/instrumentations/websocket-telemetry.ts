import { captureLogs, type CapturedLogs, type CapturedSpan } from '../../src/testing/index.ts'
import { seenRecord, type SeenRecord } from '../support/seen-record.ts'

/** What a test's program says while it runs: its records and ended spans, in order. */
export class Telemetry {
  #captured: CapturedLogs | undefined

  start(): void {
    this.#captured = captureLogs()
  }

  stop(): void {
    this.#captured?.stop()
  }

  clear(): void {
    this.#captured?.clear()
  }

  get records(): SeenRecord[] {
    return (this.#captured?.records ?? []).map(seenRecord)
  }

  get spans(): readonly CapturedSpan[] {
    return this.#captured?.spans ?? []
  }

  /** The records of one message, of one end if asked for. */
  said(message: string, role?: string): SeenRecord[] {
    return this.records.filter(
      (record) => record.message === message && (role === undefined || record.fields['websocket.role'] === role),
    )
  }
}
