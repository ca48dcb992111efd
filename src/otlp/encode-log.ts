import { encodeValue } from './any-value-sink.ts'
import type { ByteWriter } from './byte-writer.ts'
import { encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'
import { errorFields } from './error-fields.ts'
import { LOG_ATTRIBUTE, mergedFields, overlap } from './fields.ts'
import type { LogRecordData } from './log-record.ts'
import { encodeTrace, TraceReference } from './trace-identity.ts'

/**
 * Writes a record as the field `log_records` of ScopeLogs.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
 */
export function encodeLog(writer: ByteWriter, record: LogRecordData, encoding: Encoding): void {
  const start = writer.openLong(0x12)
  writer.byte(0x09)
  writer.unixNanos(record.timeMillis)
  writer.byte(0x59)
  writer.unixNanos(record.observedMillis ?? record.timeMillis)
  writer.byte(0x10)
  writer.byte(record.severityNumber)
  writer.string(0x1a, record.severityText)
  const body = writer.open(0x2a)
  encodeValue(writer, record.body, encoding.safety)
  writer.close(body)
  encodeFields(writer, record, encoding)
  if (record.droppedAttributes !== undefined) {
    writer.byte(0x38)
    writer.varint(record.droppedAttributes)
  }
  const { trace } = record
  if (trace instanceof TraceReference) writer.bytes(trace.encoded)
  else if (trace !== undefined) encodeTrace(writer, trace)
  if (record.eventName !== undefined) writer.string(0x62, record.eventName)
  writer.closeLong(start)
}

function encodeFields(writer: ByteWriter, record: LogRecordData, encoding: Encoding): void {
  const { context, bound, fields, error } = record
  if (overlap(context, bound, fields)) {
    encodeAttributes(writer, LOG_ATTRIBUTE, encoding, mergedFields(context, bound, fields))
  } else {
    if (context !== undefined) writer.bytes(context.encoded(encoding))
    if (bound !== undefined) writer.bytes(bound.encoded(encoding))
    if (fields !== undefined) encodeAttributes(writer, LOG_ATTRIBUTE, encoding, fields)
  }
  if (error !== undefined) encodeAttributes(writer, LOG_ATTRIBUTE, encoding, errorFields(error, record))
  writer.bytes(record.uid.attribute)
}
