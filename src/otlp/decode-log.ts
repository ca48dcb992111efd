import type { Attributes, JsonValue, LogEntry, ResourceEntry, ScopeEntry } from './decode-entry.ts'
import { millisOf, nanosOf } from './decode-time.ts'
import { readKeyValue, readValue } from './decode-value.ts'
import type { ProtobufReader } from './protobuf-reader.ts'

/** Reads one `LogRecord` (its length first). A record without any time gets `receivedMillis`. */
export function readLogRecord(
  reader: ProtobufReader,
  resource: ResourceEntry,
  scope: ScopeEntry,
  receivedMillis: number,
): LogEntry {
  const outer = reader.enter()
  let timeMillis = 0
  let timeNanos = 0
  let observedMillis = 0
  let observedNanos = 0
  let severityNumber = 0
  let severityText = ''
  let eventName = ''
  let body: JsonValue = null
  let traceId = ''
  let spanId = ''
  const attributes: Attributes = {}
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    switch (tag) {
      case 0x09: // time_unix_nano
        reader.readFixed64()
        timeMillis = millisOf(reader.low, reader.high)
        timeNanos = nanosOf(reader.low, reader.high)
        break
      case 0x59: // observed_time_unix_nano
        reader.readFixed64()
        observedMillis = millisOf(reader.low, reader.high)
        observedNanos = nanosOf(reader.low, reader.high)
        break
      case 0x10: // severity_number
        severityNumber = reader.readVarint32()
        break
      case 0x1a: // severity_text
        severityText = reader.readName()
        break
      case 0x2a: // body
        body = readValue(reader)
        break
      case 0x32: // attributes
        readKeyValue(reader, attributes)
        break
      case 0x4a: // trace_id
        traceId = reader.readId(16)
        break
      case 0x52: // span_id
        spanId = reader.readId(8)
        break
      case 0x62: // event_name
        eventName = reader.readName()
        break
      default:
        reader.skip(tag)
    }
  }
  reader.leave(outer)
  if (timeMillis === 0 && timeNanos === 0) {
    timeMillis = observedMillis === 0 ? receivedMillis : observedMillis
    timeNanos = observedMillis === 0 ? 0 : observedNanos
  }
  return {
    resource,
    scope,
    timeMillis,
    timeNanos,
    severityNumber: severityNumber <= 24 ? severityNumber : 0,
    severityText,
    eventName,
    body,
    attributes,
    traceId,
    spanId,
  }
}
