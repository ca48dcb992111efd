import { mergedFields, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { REDACTED } from '../privacy/index.ts'
import type { SafeValue } from '../values/index.ts'
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
  const known: Record<string, SafeValue> = {}
  const metadata: Record<string, SafeValue> = {}
  const fields = mergedFields(record.context, record.bound, record.fields)
  for (const key in fields) {
    const value = fields[key]
    if (value === undefined) continue
    const { name, secret } = encoding.keys.get(key)
    const safe = secret ? REDACTED : encoding.safety.value(value)
    const jsonKey = JSON_KEYS[name]
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

/** JSON of a safe value; what JSON has no form for becomes text. */
export function jsonText(value: SafeValue): string {
  return JSON.stringify(value, jsonValue)
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return value
}
