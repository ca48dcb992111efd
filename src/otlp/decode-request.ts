import type { DecodedSpans, LogEntry } from './decode-entry.ts'
import { OtlpDecodeError } from './decode-error.ts'
import { type Signal, fieldPathAt } from './decode-field-path.ts'
import { readJsonDataPoints, readJsonLogs, readJsonSpans } from './decode-json-request.ts'
import { readLogRecord } from './decode-log.ts'
import { readDataPoints } from './decode-metrics.ts'
import { readScopes } from './decode-scopes.ts'
import { readSpan } from './decode-span.ts'
import { ProtobufError, ProtobufReader } from './protobuf-reader.ts'

/** How a request's body is written. */
export type OtlpFormat = 'protobuf' | 'json'

/**
 * Decodes the body of a logs request. Records without any time get `receivedMillis`.
 * @throws {OtlpDecodeError} when the body is not such a request.
 */
export function decodeLogs(body: Uint8Array, format: OtlpFormat, receivedMillis: number): LogEntry[] {
  if (format === 'json') return readJsonLogs(parse(body), receivedMillis)
  return fromWire('logs', body, (reader) => {
    const entries: LogEntry[] = []
    readScopes(reader, (_, resource, scope) => entries.push(readLogRecord(reader, resource, scope, receivedMillis)))
    return entries
  })
}

/**
 * Decodes the body of a traces request. Spans without a valid trace id and span id are counted in `rejected`.
 * @throws {OtlpDecodeError} when the body is not such a request.
 */
export function decodeSpans(body: Uint8Array, format: OtlpFormat): DecodedSpans {
  const decoded = {
    spans: [],
    rejected: 0,
    reason: 'spans need a trace id of 16 bytes and a span id of 8, not all zero',
  }
  if (format === 'json') readJsonSpans(parse(body), decoded)
  else
    fromWire('traces', body, (reader) =>
      readScopes(reader, (_, resource, scope) => readSpan(reader, resource, scope, decoded)),
    )
  return decoded
}

/**
 * Counts the data points in the body of a metrics request.
 * @throws {OtlpDecodeError} when the body is not such a request.
 */
export function countDataPoints(body: Uint8Array, format: OtlpFormat): number {
  return format === 'json' ? readJsonDataPoints(parse(body)) : fromWire('metrics', body, readDataPoints)
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw new OtlpDecodeError(`request: not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function fromWire<T>(signal: Signal, body: Uint8Array, read: (reader: ProtobufReader) => T): T {
  try {
    return read(new ProtobufReader(body))
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error
    const path = fieldPathAt(signal, body, error.offset)
    const place = path === '' ? `${signal} request` : path
    throw new OtlpDecodeError(`${place}: ${error.message} (at byte ${error.offset} of ${body.length})`, {
      cause: error,
    })
  }
}
