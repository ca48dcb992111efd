import {
  assembleRequest,
  ByteWriter,
  encodeLog,
  mergedFields,
  type Encoding,
  type LogRecordData,
} from '../otlp/index.ts'
import type { Attributes, JsonValue } from '../otlp/decode-entry.ts'
import { decodeLogs } from '../otlp/decode-request.ts'
import { createConsoleOutput, type ConsoleFormat } from '../outputs/index.ts'
import type { ErrorDetails } from '../values/index.ts'

/** A record as it left the encoders, safe and redacted: with the keys that JSON lines have, and as OpenTelemetry calls things. Keys of what is not known are absent. */
export interface CapturedRecord {
  /** ISO 8601, UTC, with milliseconds. */
  readonly timestamp: string
  readonly level: string
  readonly component: string
  readonly message: string
  readonly uid: string
  readonly event?: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly operation?: JsonValue
  readonly session_id?: JsonValue
  readonly user_id?: JsonValue
  readonly tenant_id?: JsonValue
  readonly request_id?: JsonValue
  readonly user_email?: JsonValue
  readonly user_role?: JsonValue
  readonly duration_ms?: JsonValue
  readonly ip_address?: JsonValue
  readonly user_agent?: JsonValue
  readonly method?: JsonValue
  readonly path?: JsonValue
  readonly route?: JsonValue
  readonly status_code?: JsonValue
  readonly action?: JsonValue
  readonly status?: JsonValue
  readonly error_type?: JsonValue
  readonly channel?: JsonValue
  readonly error?: ErrorDetails
  /** All other fields, under their OpenTelemetry names, which lines of the audit channel call `details`; empty when there are none. */
  readonly metadata: Attributes
  /** The record on the wire. */
  readonly otlp: CapturedOtlp
  /** The line for people, without colours; an error's stack in lines below. */
  readonly line: string
}

/** A record under the names of OpenTelemetry's data model. @see https://opentelemetry.io/docs/specs/otel/logs/data-model/ */
export interface CapturedOtlp {
  /** Nanoseconds since 1970, as decimal text. */
  readonly timeUnixNano: string
  readonly severityNumber: number
  readonly severityText: string
  /** Empty when the record is no event. */
  readonly eventName: string
  readonly body: JsonValue
  /** Every field, and the error's as `exception.*`. */
  readonly attributes: Attributes
  /** 32 hex digits; empty outside of traces. */
  readonly traceId: string
  readonly spanId: string
  readonly scope: { readonly name: string; readonly version: string }
}

/** Encodes a record as the outputs do, at once, and reads it back. Leaves nothing in the encoders' memories of bound fields. */
export function captureRecord(record: LogRecordData, encoding: Encoding): CapturedRecord {
  const fields = mergedFields(record.context, record.bound, record.fields)
  const alone: LogRecordData = { ...record, context: undefined, bound: undefined, fields }
  const { details = {}, ...keys } = JSON.parse(consoleText('json', alone, encoding)) as JsonKeys
  const line = consoleText('human', alone, encoding).trimEnd()
  return { metadata: details, ...keys, otlp: otlpOf(alone, encoding), line }
}

type JsonKeys = Omit<CapturedRecord, 'metadata' | 'otlp' | 'line'> & { readonly details?: Attributes }

function consoleText(format: ConsoleFormat, record: LogRecordData, encoding: Encoding): string {
  let text = ''
  createConsoleOutput(format, encoding, { write: (written) => (text += written) }, false).emit(record)
  return text
}

const NO_RESOURCE = new Uint8Array()

function otlpOf(record: LogRecordData, encoding: Encoding): CapturedOtlp {
  const writer = new ByteWriter(1_024)
  encodeLog(writer, record, encoding)
  const body = assembleRequest(NO_RESOURCE, [{ scope: record.scope.bytes, items: [writer.copy()] }])
  const [entry] = decodeLogs(body, 'protobuf', 0)
  if (entry === undefined) throw new Error('the record was encoded to nothing')
  const { severityNumber, severityText, eventName, attributes, traceId, spanId, scope } = entry
  return {
    timeUnixNano: String(BigInt(entry.timeMillis) * 1_000_000n + BigInt(entry.timeNanos)),
    severityNumber,
    severityText,
    eventName,
    body: entry.body,
    attributes,
    traceId,
    spanId,
    scope: { name: scope.name, version: scope.version },
  }
}
