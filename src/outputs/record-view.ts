import { mergedFields, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { jsonText, readField, type SafeValue } from '../values/index.ts'
import { JSON_KEYS } from './field-names.ts'

/** A record's fields, safe and without secrets, under the names people see. */
export interface RecordView {
  readonly message: string
  /** Fields that have a key of their own. */
  readonly known: Readonly<Record<string, SafeValue>>
  /** All others, under their OpenTelemetry names. */
  readonly metadata: Readonly<Record<string, SafeValue>>
}

/** Reads a record for an output that is meant for people's eyes and tools. */
export function viewRecord(record: LogRecordData, encoding: Encoding): RecordView {
  const known = Object.create(null) as Record<string, SafeValue>
  const metadata = Object.create(null) as Record<string, SafeValue>
  const fields = mergedFields(record.context, record.bound, record.fields)
  for (const key in fields) {
    const value = readField(fields, key)
    if (value === undefined) continue
    const { name, rule } = encoding.keys.get(key)
    const safe = rule?.covers(value) === true ? rule.replace(value) : encoding.safety.value(value)
    if (safe === undefined) continue
    const jsonKey = JSON_KEYS.get(name)
    if (jsonKey === undefined) metadata[name] = safe
    else known[jsonKey] = safe
  }
  return { message: messageText(record.body ?? record.eventName ?? '', encoding), known, metadata }
}

function messageText(body: unknown, encoding: Encoding): string {
  if (typeof body === 'string') return encoding.safety.text(body)
  const safe = encoding.safety.value(body)
  return typeof safe === 'string' ? safe : jsonText(safe)
}
