import type { TraceIdentity } from '../otlp/index.ts'
import type { HeldRecord } from './log-output.ts'

/** How much the flight recorder keeps. */
export interface FlightRecorderSettings {
  /** Records of this severity and above are kept for the case that their trace fails. */
  readonly threshold: number
  /** Most records of one trace; older ones go first. */
  readonly maxRecords: number
  /** Most traces at a time; the one that began first goes. */
  readonly maxTraces: number
  /** Most bytes of all traces together, with what it takes to keep them. */
  readonly maxBytes: number
}

interface Trace {
  /** A ring, once it is full. */
  readonly held: HeldRecord[]
  /** Where the oldest lies. */
  oldest: number
  bytes: number
  /** Records that went for want of room. */
  left: number
  last: TraceIdentity | undefined
}

/** How a recorder goes about it, beside its bounds. */
export interface FlightRecorderParts {
  /** Whether records of traces that are not sampled are left out anyway. */
  readonly sampledOnly?: boolean
  /** Hears how many earlier records of a trace that fails are missing, before what is left of them comes out. */
  readonly missing?: (count: number, trace: TraceIdentity) => void
}

/** What a record takes beside its bytes: the closures and the objects around it. */
const OVERHEAD_BYTES = 512
const SAMPLED = 1

/**
 * Keeps the records that do not go out, for each trace its last ones, as bytes. When the trace fails they go out, before what tells of the failure; when it ends well they are forgotten.
 * Bounded: what goes for want of room is counted, and told when its trace fails; a whole trace that has to go, as the oldest of too many, is forgotten as if it had ended well.
 */
export class FlightRecorder {
  readonly settings: FlightRecorderSettings
  readonly #parts: FlightRecorderParts
  readonly #traces = new Map<string, Trace>()
  /** Apart from what is kept: when many fail they must not push out what others hold. */
  readonly #failed = new Set<string>()
  /** Spans under way that are the first of their trace in this process: one trace may come here several times at once. */
  readonly #roots = new Map<string, number>()
  #bytes = 0

  constructor(settings: FlightRecorderSettings, parts: FlightRecorderParts = {}) {
    this.settings = settings
    this.#parts = parts
  }

  /** Whether a record of this severity is one to keep. */
  keeps(severityNumber: number, { traceFlags }: TraceIdentity): boolean {
    if (severityNumber < this.settings.threshold) return false
    return this.#parts.sampledOnly !== true || (traceFlags & SAMPLED) !== 0
  }

  /** Whether the trace has failed already: then its records go out at once. */
  hasFailed(traceId: string): boolean {
    return this.#failed.has(traceId)
  }

  hold(identity: TraceIdentity, record: HeldRecord): void {
    const trace = this.#traces.get(identity.traceId) ?? this.#begin(identity.traceId)
    trace.last = identity
    if (trace.held.length < this.settings.maxRecords) {
      trace.held.push(record)
      this.#add(trace, record.bytes + OVERHEAD_BYTES)
    } else this.#replaceOldest(trace, record)
    if (this.#bytes > this.settings.maxBytes) this.#shrink()
  }

  #replaceOldest(trace: Trace, record: HeldRecord): void {
    this.#add(trace, record.bytes - (trace.held[trace.oldest]?.bytes ?? 0))
    trace.held[trace.oldest] = record
    trace.oldest = (trace.oldest + 1) % this.settings.maxRecords
    trace.left++
  }

  #shrink(): void {
    for (const oldest of this.#traces.keys()) {
      if (this.#bytes <= this.settings.maxBytes) break
      this.#forget(oldest)
    }
  }

  #begin(traceId: string): Trace {
    if (this.#traces.size >= this.settings.maxTraces) this.#forget(this.#traces.keys().next().value as string)
    const trace = { held: [], oldest: 0, bytes: 0, left: 0, last: undefined }
    this.#traces.set(traceId, trace)
    return trace
  }

  #add(trace: Trace, bytes: number): void {
    trace.bytes += bytes
    this.#bytes += bytes
  }

  /** The trace failed: what was kept of it goes out. */
  fail(traceId: string): void {
    if (!this.#failed.has(traceId)) {
      makeRoom(this.#failed, this.settings.maxTraces)
      this.#failed.add(traceId)
    }
    const trace = this.#traces.get(traceId)
    if (trace === undefined) return
    this.#forget(traceId)
    if (trace.left > 0 && trace.last !== undefined) this.#parts.missing?.(trace.left, trace.last)
    for (const { write } of [...trace.held.slice(trace.oldest), ...trace.held.slice(0, trace.oldest)]) write()
  }

  /** A span begins that is the first of its trace here, or has its parent in another process. */
  rootStarted(traceId: string): void {
    const roots = this.#roots.get(traceId) ?? 0
    if (roots === 0) makeRoom(this.#roots, this.settings.maxTraces)
    this.#roots.set(traceId, roots + 1)
  }

  /** Such a span has ended. With the last of them the trace is over in this process. */
  rootEnded(traceId: string): void {
    const others = (this.#roots.get(traceId) ?? 1) - 1
    if (others > 0) {
      this.#roots.set(traceId, others)
      return
    }
    this.#roots.delete(traceId)
    this.#failed.delete(traceId)
    this.#forget(traceId)
  }

  /** Forgets all traces. */
  clear(): void {
    this.#traces.clear()
    this.#failed.clear()
    this.#roots.clear()
    this.#bytes = 0
  }

  #forget(traceId: string): void {
    const trace = this.#traces.get(traceId)
    if (trace === undefined) return
    this.#bytes -= trace.bytes
    this.#traces.delete(traceId)
  }
}

/** Lets the oldest go when there is no room for one more. */
function makeRoom(of: Map<string, unknown> | Set<string>, most: number): void {
  if (of.size >= most) of.delete(of.keys().next().value as string)
}
