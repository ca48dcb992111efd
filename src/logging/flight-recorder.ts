import type { HeldRecord } from './log-output.ts'

/** How much the flight recorder keeps. */
export interface FlightRecorderSettings {
  /** Records of this severity and above are kept for the case that their trace fails. */
  readonly threshold: number
  /** Most records of one trace; older ones go first. */
  readonly maxRecords: number
  /** Most traces at a time; the one that began first goes. */
  readonly maxTraces: number
  /** Most bytes of all traces together. */
  readonly maxBytes: number
}

interface Trace {
  readonly held: HeldRecord[]
  bytes: number
  failed: boolean
}

/**
 * Keeps the records that are below their level, for each trace its last ones, as bytes. When the trace fails they go out, before what tells of the failure; when it ends well they are
 * forgotten. Bounded; what has to go for want of room was below its level anyway, and is not counted.
 */
export class FlightRecorder {
  readonly settings: FlightRecorderSettings
  readonly #traces = new Map<string, Trace>()
  #bytes = 0

  constructor(settings: FlightRecorderSettings) {
    this.settings = settings
  }

  /** Whether the trace has failed already: then its records go out at once. */
  hasFailed(traceId: string): boolean {
    return this.#traces.get(traceId)?.failed === true
  }

  hold(traceId: string, record: HeldRecord): void {
    const trace = this.#traces.get(traceId) ?? this.#begin(traceId)
    trace.held.push(record)
    this.#add(trace, record.bytes)
    if (trace.held.length > this.settings.maxRecords) this.#add(trace, -(trace.held.shift()?.bytes ?? 0))
    for (const oldest of this.#traces.keys()) {
      if (this.#bytes <= this.settings.maxBytes) break
      this.end(oldest)
    }
  }

  #begin(traceId: string): Trace {
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size < this.settings.maxTraces) break
      this.end(oldest)
    }
    const trace = { held: [], bytes: 0, failed: false }
    this.#traces.set(traceId, trace)
    return trace
  }

  #add(trace: Trace, bytes: number): void {
    trace.bytes += bytes
    this.#bytes += bytes
  }

  /** The trace failed: what was kept of it goes out. */
  fail(traceId: string): void {
    const trace = this.#traces.get(traceId) ?? this.#begin(traceId)
    trace.failed = true
    this.#add(trace, -trace.bytes)
    for (const { write } of trace.held.splice(0)) write()
  }

  /** The trace is over in this process. */
  end(traceId: string): void {
    const trace = this.#traces.get(traceId)
    if (trace === undefined) return
    this.#add(trace, -trace.bytes)
    this.#traces.delete(traceId)
  }
}
