import type { TraceState } from '@opentelemetry/api'
import { ByteWriter } from './byte-writer.ts'

/** Which span something happened in. */
export interface TraceIdentity {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
  /** W3C trace flags; bit 0 is "sampled". */
  readonly traceFlags: number
}

const scratch = new ByteWriter(64)

/** The identity of one of our own spans. Its bytes in a log record are made once, for all records of the span. */
export class TraceReference implements TraceIdentity {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  declare readonly traceState?: TraceState
  #encoded: Uint8Array | undefined

  constructor(traceId: string, spanId: string, traceFlags: number, traceState: TraceState | undefined) {
    this.traceId = traceId
    this.spanId = spanId
    this.traceFlags = traceFlags
    if (traceState !== undefined) this.traceState = traceState
  }

  /** Flags, trace id and span id as fields of LogRecord. */
  get encoded(): Uint8Array {
    if (this.#encoded === undefined) {
      scratch.position = 0
      encodeTrace(scratch, this)
      this.#encoded = scratch.copy()
    }
    return this.#encoded
  }
}

/** Writes flags, trace id and span id as fields of LogRecord. */
export function encodeTrace(writer: ByteWriter, trace: TraceIdentity): void {
  writer.byte(0x45)
  writer.fixed32(trace.traceFlags)
  hex(writer, 0x4a, trace.traceId)
  hex(writer, 0x52, trace.spanId)
}

/** The value of each hex digit, by its character code. */
const HEX = new Uint8Array(128)
for (const [value, code] of Buffer.from('0123456789abcdef').entries()) HEX[code] = value
for (const [value, code] of Buffer.from('ABCDEF').entries()) HEX[code] = 10 + value

/** Tag, length and the bytes that a string of hex digits stands for; what is no such digit stands for 0. */
export function hex(writer: ByteWriter, tag: number, digits: string): void {
  const length = digits.length >> 1
  writer.ensure(length + 2)
  writer.byte(tag)
  writer.byte(length)
  const { buffer } = writer
  let at = writer.position
  for (let i = 0; i < 2 * length; i += 2)
    buffer[at++] = ((HEX[digits.charCodeAt(i)] ?? 0) << 4) | (HEX[digits.charCodeAt(i + 1)] ?? 0)
  writer.position = at
}
