import { ATTRIBUTE, FIELD_MAP } from '../fields/index.ts'
import type { Attributes, JsonValue, LogEntry } from '../otlp/decode-entry.ts'

type Row = (typeof FIELD_MAP)[number]
/** A column that an attribute is for. The class of an error and its `error.type` share one, the duration is a number. */
type AttributeColumn = Exclude<Extract<Row, { attribute: string; column: string }>['column'], 'duration_ms'>

const COLUMN_OF: ReadonlyMap<string, AttributeColumn> = new Map(
  FIELD_MAP.flatMap((row) =>
    'attribute' in row && 'column' in row && row.column !== 'duration_ms' ? [[row.attribute, row.column] as const] : [],
  ),
)

/** What a record is in the table, before it is a link of a chain. */
export interface AuditRow extends Readonly<Record<AttributeColumn, string | null>> {
  /** ISO 8601, milliseconds, Z. */
  readonly timestamp: string
  readonly level: string
  readonly service: string | null
  readonly component: string
  readonly event: string | null
  readonly message: string
  readonly trace_id: string | null
  readonly span_id: string | null
  readonly duration_ms: number | null
  /** Everything else, as JSON text; null for nothing. */
  readonly metadata: string | null
}

/** The columns in the order in which they stand in the table, and in what is hashed. */
export const ROW_COLUMNS = [
  'timestamp',
  'level',
  'service',
  'component',
  'operation',
  'event',
  'message',
  'session_id',
  'user_id',
  'tenant_id',
  'request_id',
  'user_email',
  'user_role',
  'trace_id',
  'span_id',
  'duration_ms',
  'ip_address',
  'user_agent',
  'action',
  'status',
  'error_type',
  'error_message',
  'error_stack',
  'metadata',
  'channel',
  'uid',
] as const satisfies readonly (keyof AuditRow)[]

const ERROR_CLASS = ATTRIBUTE['error.type']
/** Columns with an index, of which PostgreSQL takes some 2700 bytes: a longer value stands whole in `metadata`. */
const INDEXED: ReadonlySet<string> = new Set(['session_id', 'user_id', 'action'])
const MAX_INDEXED_LENGTH = 512
/** PostgreSQL's text can't hold it. */
const NUL = /\0/g
const MAX_TIME_MILLIS = 8.64e15

/** Turns a record as it was sent into a row. */
export function auditRow(entry: LogEntry): AuditRow {
  const columns: Partial<Record<AttributeColumn, string | null>> = {}
  const rest: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>
  let duration: number | null = null
  for (const [name, value] of Object.entries(entry.attributes)) {
    const column = name === ERROR_CLASS ? undefined : COLUMN_OF.get(name)
    if (column !== undefined) {
      const text = textOf(value)
      const isLong = text !== null && text.length > MAX_INDEXED_LENGTH && INDEXED.has(column)
      columns[column] = isLong ? cut(text) : text
      if (isLong) rest[name] = value
    } else if (name === ATTRIBUTE.duration_ms && typeof value === 'number') duration = value
    else if (name !== ERROR_CLASS) rest[name] = value
  }
  const none = Object.fromEntries([...COLUMN_OF.values()].map((column) => [column, null])) as Record<
    AttributeColumn,
    null
  >
  return {
    ...none,
    ...columns,
    error_type: errorType(entry.attributes),
    channel: columns.channel ?? 'app',
    timestamp: new Date(Math.min(entry.timeMillis, MAX_TIME_MILLIS)).toISOString(),
    level: clean(entry.severityText === '' ? `SEVERITY${entry.severityNumber}` : entry.severityText),
    service: entry.resource.service === null ? null : clean(entry.resource.service),
    component: cut(clean(entry.scope.name)),
    event: entry.eventName === '' ? null : clean(entry.eventName),
    message: textOf(entry.body) ?? '',
    trace_id: entry.traceId === '' ? null : entry.traceId,
    span_id: entry.spanId === '' ? null : entry.spanId,
    duration_ms: duration,
    metadata: Object.keys(rest).length === 0 ? null : JSON.stringify(rest),
  }
}

function errorType(attributes: Attributes): string | null {
  return textOf(attributes[ATTRIBUTE.error_type] ?? attributes[ERROR_CLASS] ?? null)
}

function textOf(value: JsonValue): string | null {
  if (value === null) return null
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return clean(value.join(','))
  return clean(JSON.stringify(value))
}

function cut(text: string): string {
  return text.slice(0, MAX_INDEXED_LENGTH).toWellFormed()
}

function clean(text: string): string {
  return text.replace(NUL, '\u{FFFD}')
}
