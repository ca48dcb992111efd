import type { Encoding, LogRecordData } from '../otlp/index.ts'
import { jsonText, type SafeValue } from '../values/index.ts'
import { viewRecord } from './record-view.ts'

/** One record as one line of JSON with the keys of the field map, ending in a line feed. What is not known is left out. */
export function jsonLine(record: LogRecordData, encoding: Encoding): string {
  const { message, known, metadata } = viewRecord(record, encoding)
  const { operation, session_id, user_id, tenant_id, request_id, duration_ms, ...others } = known
  const line = {
    timestamp: new Date(record.timeMillis).toISOString(),
    level: record.severityText,
    component: record.scope.name,
    operation,
    message,
    event: record.eventName,
    session_id,
    user_id,
    tenant_id,
    request_id,
    trace_id: record.trace?.traceId,
    span_id: record.trace?.spanId,
    duration_ms,
    ...others,
    error: record.error,
    uid: record.uid.text(),
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
  }
  return `${jsonText(line as unknown as SafeValue)}\n`
}
