import type { ByteWriter } from './byte-writer.ts'
import { encodeAttribute, encodeAttributes, encodeUnsafe, type Encoding } from './encode-attribute.ts'
import { mergedFields, overlap } from './fields.ts'
import type { LogRecordData } from './log-record.ts'
import type { TraceIdentity } from './trace-identity.ts'

const ATTRIBUTE = 0x32

/**
 * Writes a record as the field `log_records` of ScopeLogs.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
 */
export function encodeLog(writer: ByteWriter, record: LogRecordData, encoding: Encoding): void {
  const start = writer.open(0x12)
  writer.byte(0x09)
  writer.unixNanos(record.timeMillis)
  writer.byte(0x59)
  writer.unixNanos(record.timeMillis)
  writer.byte(0x10)
  writer.byte(record.severityNumber)
  writer.string(0x1a, record.severityText)
  const body = writer.open(0x2a)
  encodeUnsafe(writer, record.body, encoding.safety)
  writer.close(body)
  encodeFields(writer, record, encoding)
  if (record.trace !== undefined) encodeTrace(writer, record.trace)
  if (record.eventName !== undefined) writer.string(0x62, record.eventName)
  writer.close(start)
}

function encodeFields(writer: ByteWriter, record: LogRecordData, encoding: Encoding): void {
  const { context, bound, fields, error } = record
  if (overlap(context, bound, fields)) {
    encodeAttributes(writer, ATTRIBUTE, encoding, mergedFields(context, bound, fields))
  } else {
    if (context !== undefined) writer.bytes(context.encoded(ATTRIBUTE, encoding))
    if (bound !== undefined) writer.bytes(bound.encoded(ATTRIBUTE, encoding))
    if (fields !== undefined) encodeAttributes(writer, ATTRIBUTE, encoding, fields)
  }
  if (error !== undefined) {
    encodeAttribute(writer, ATTRIBUTE, encoding, 'exception.type', error.type)
    encodeAttribute(writer, ATTRIBUTE, encoding, 'exception.message', error.message)
    encodeAttribute(writer, ATTRIBUTE, encoding, 'exception.stacktrace', error.stack)
  }
  encodeAttribute(writer, ATTRIBUTE, encoding, 'log.record.uid', record.uid)
}

function encodeTrace(writer: ByteWriter, trace: TraceIdentity): void {
  writer.byte(0x45)
  writer.fixed32(trace.traceFlags)
  hex(writer, 0x4a, trace.traceId)
  hex(writer, 0x52, trace.spanId)
}

/** Tag, length and the bytes that a string of hex digits stands for. */
export function hex(writer: ByteWriter, tag: number, digits: string): void {
  const length = digits.length >> 1
  writer.ensure(length + 2)
  writer.byte(tag)
  writer.byte(length)
  writer.buffer.write(digits, writer.position, length, 'hex')
  writer.position += length
}
