/** What a key's values are. A value of another kind stays under its attribute's name, in the metadata. */
export type FieldKind = 'text' | 'number' | 'texts'

/** What one thing that records tell is called in each place. */
export interface FieldRow {
  /** In JSON lines, in logfmt and in the log API's records. What is behind a dot is a key of the object before it. */
  readonly key: string
  /** The attribute in code and on the wire; absent where OTLP's LogRecord has a part of its own for it. */
  readonly attribute?: string
  /** That part. */
  readonly part?: string
  /** A shorter name that code may write for the attribute. */
  readonly short?: string
  /** The log API's query parameter, and the names that are accepted for it beside the key. */
  readonly parameters?: readonly string[]
  /** The column of `audit_logs`; what has none is in the column `metadata`. */
  readonly column?: string
  /** @default 'text' */
  readonly kind?: FieldKind
}

/**
 * The field map: what everything that records tell is called in code and on the wire, in lines, in the log API and in SQL, in the order of a JSON line. Every part of clew goes by it, docs/fields.md shows it,
 * and it changes only by additions: files and databases were written by it.
 */
export const FIELD_MAP = [
  { key: 'timestamp', part: 'timeUnixNano', column: 'timestamp' },
  { key: 'level', part: 'severityNumber', parameters: ['level'], column: 'level' },
  { key: 'component', part: 'scope.name', parameters: ['module', 'logger'], column: 'component' },
  { key: 'operation', attribute: 'clew.operation', column: 'operation' },
  { key: 'message', part: 'body', column: 'message' },
  { key: 'event', part: 'eventName', parameters: ['event', 'event_type'], column: 'event' },
  { key: 'session_id', attribute: 'session.id', parameters: ['session'], column: 'session_id' },
  { key: 'user_id', attribute: 'user.id', parameters: ['user'], column: 'user_id' },
  {
    key: 'tenant_id',
    attribute: 'clew.tenant.id',
    short: 'tenant.id',
    parameters: ['tenant', 'organization', 'organization_id'],
    column: 'tenant_id',
  },
  {
    key: 'request_id',
    attribute: 'clew.request.id',
    short: 'request.id',
    parameters: ['request'],
    column: 'request_id',
  },
  { key: 'trace_id', part: 'traceId', parameters: ['trace'], column: 'trace_id' },
  { key: 'span_id', part: 'spanId', column: 'span_id' },
  { key: 'trace_flags', part: 'flags' },
  { key: 'duration_ms', attribute: 'clew.duration_ms', short: 'duration_ms', column: 'duration_ms', kind: 'number' },
  { key: 'user_email', attribute: 'user.email', column: 'user_email' },
  { key: 'user_role', attribute: 'user.roles', column: 'user_role', kind: 'texts' },
  { key: 'ip_address', attribute: 'client.address', column: 'ip_address' },
  { key: 'user_agent', attribute: 'user_agent.original', column: 'user_agent' },
  { key: 'method', attribute: 'http.request.method' },
  { key: 'path', attribute: 'url.path' },
  { key: 'route', attribute: 'http.route' },
  { key: 'status_code', attribute: 'http.response.status_code', kind: 'number' },
  { key: 'action', attribute: 'clew.action', column: 'action' },
  { key: 'status', attribute: 'clew.status', column: 'status' },
  { key: 'error_type', attribute: 'error.type', column: 'error_type' },
  { key: 'channel', attribute: 'clew.channel', column: 'channel' },
  { key: 'error.type', attribute: 'exception.type', column: 'error_type' },
  { key: 'error.message', attribute: 'exception.message', column: 'error_message' },
  { key: 'error.stack', attribute: 'exception.stacktrace', column: 'error_stack' },
  { key: 'error.code', attribute: 'clew.error.code' },
  { key: 'uid', attribute: 'log.record.uid', column: 'uid' },
  { key: 'metadata', part: 'attributes', column: 'metadata' },
] as const satisfies readonly FieldRow[]

type Row = (typeof FIELD_MAP)[number]
type AttributeRow = Extract<Row, { attribute: string }>

/** The key of a field that is an attribute in code and on the wire. */
export type AttributeFieldKey = AttributeRow['key']

/** The attributes by their keys: `ATTRIBUTE.session_id` is `session.id`. */
export const ATTRIBUTE = Object.fromEntries(
  FIELD_MAP.flatMap((row) => ('attribute' in row ? [[row.key, row.attribute]] : [])),
) as { readonly [R in AttributeRow as R['key']]: R['attribute'] }

/** What a place of its own in a record takes of one attribute. */
export interface KeyedAttribute {
  readonly key: string
  readonly kind: FieldKind
}

/** The attributes that have a key at the top of a line, by name. The error's and the id's are no fields: the record itself tells them. */
export const KEYED_ATTRIBUTES: ReadonlyMap<string, KeyedAttribute> = new Map(
  FIELD_MAP.flatMap((row: FieldRow) => {
    const { key, attribute, kind = 'text' } = row
    return attribute === undefined || key === 'uid' || key.includes('.') ? [] : [[attribute, { key, kind }] as const]
  }),
)

/** The short names that code may write, each with its attribute. */
export const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  FIELD_MAP.flatMap((row) => ('short' in row ? [[row.short, row.attribute] as const] : [])),
)

/** Every name under which the log API takes a filter, with the parameter it stands for. */
export const PARAMETERS: ReadonlyMap<string, string> = new Map(
  FIELD_MAP.flatMap((row) => {
    if (!('parameters' in row)) return []
    return [...row.parameters, row.key].map((name) => [name, row.parameters[0]] as const)
  }),
)

/** The columns of the table `audit_logs`, in their order: those of the fields, and those of the chain. */
export const AUDIT_LOG_COLUMNS: readonly string[] = [
  ...new Set(FIELD_MAP.flatMap((row) => ('column' in row ? [row.column] : []))),
  'seq',
  'writer',
  'prev_hash',
  'hash',
]
