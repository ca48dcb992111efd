import type { LogRecord } from '../api/contract.ts'
import type { ExactFilter } from '../query/filters.ts'

/** One field of a record as the panel shows it. */
export interface Field {
  readonly name: string
  readonly value: unknown
  /** The filter that finds records with the same value. */
  readonly filter?: ExactFilter
}

const KNOWN: readonly (readonly [keyof LogRecord, ExactFilter?])[] = [
  ['timestamp'],
  ['level', 'level'],
  ['service', 'service'],
  ['component', 'module'],
  ['operation'],
  ['event', 'event'],
  ['user_id', 'user'],
  ['user_email'],
  ['user_role'],
  ['tenant_id', 'tenant'],
  ['session_id', 'session'],
  ['request_id', 'request'],
  ['trace_id', 'trace'],
  ['span_id'],
  ['duration_ms'],
  ['ip_address'],
  ['user_agent'],
  ['method'],
  ['path'],
  ['route'],
  ['status_code'],
  ['action'],
  ['status'],
  ['error_type'],
  ['channel'],
  ['uid'],
  ['id'],
]

/** The fields with a key of their own that have a value, in the order in which they are read. */
export function knownFields(record: LogRecord): Field[] {
  return KNOWN.flatMap(([name, filter]) => {
    const value = record[name]
    if (value === null || value === undefined || value === '') return []
    return [filter ? { name, value, filter } : { name, value }]
  })
}

/** Attributes as fields, in alphabetical order. */
export function attributeFields(attributes: Readonly<Record<string, unknown>> | null): Field[] {
  return Object.entries(attributes ?? {})
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
