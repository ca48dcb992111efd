import { FIELD_MAP } from '../../src/fields/index.ts'
import type { JsonValue, LogEntry } from '../../src/otlp/decode-entry.ts'
import type { Row } from './recruiting-run.ts'

interface LineError {
  readonly type: string
  readonly message: string
  /** Not where an earlier record of the trace has it. */
  readonly stack?: string
  readonly repeated?: boolean
  readonly cause?: LineError
}

/** A line of JSON. */
export interface Line {
  readonly level: string
  readonly component: string
  readonly message: string
  readonly uid: string
  readonly event?: string
  readonly error?: LineError
  readonly metadata?: Told
  readonly details?: Told
  readonly [key: string]: unknown
}

/** What a record tells, by the names of the field map's attributes and parts, whichever output it was read from. */
export type Told = Readonly<Record<string, unknown>>

const PARTS = ['timestamp', 'level', 'component', 'message', 'event', 'trace_id', 'span_id'] as const
const ATTRIBUTE_ROWS = FIELD_MAP.flatMap((row) => ('attribute' in row && !row.key.includes('.') ? [row] : []))

export function parseLines(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

export function toldByLine(line: Line): Told {
  return defined({
    ...pick(line, PARTS),
    ...Object.fromEntries(ATTRIBUTE_ROWS.map(({ key, attribute }) => [attribute, line[key]])),
    ...line.metadata,
    ...line.details,
    'exception.message': line.error?.message,
    'exception.stacktrace': line.error === undefined ? undefined : stackOf(line.error),
    'clew.error.repeated': line.error?.repeated,
  })
}

function stackOf({ stack, cause }: LineError): string | undefined {
  return cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(cause)}`
}

/** The class of an error stands in `error.type`, too, which is what lines and rows have. */
export function toldByEntry(entry: LogEntry): Told {
  const { 'exception.type': type, ...attributes } = entry.attributes
  return defined({
    timestamp: new Date(entry.timeMillis).toISOString(),
    level: entry.severityText,
    component: entry.scope.name,
    message: entry.body,
    event: entry.eventName,
    trace_id: entry.traceId,
    span_id: entry.spanId,
    ...attributes,
    'error.type': attributes['error.type'] ?? type,
  })
}

export function toldByRow(row: Row): Told {
  const { user_role: roles } = row
  return defined({
    ...pick(row, PARTS),
    ...Object.fromEntries(
      ATTRIBUTE_ROWS.flatMap(({ attribute, ...rest }) => ('column' in rest ? [[attribute, row[rest.column]]] : [])),
    ),
    ...(JSON.parse((row['metadata'] as string | null) ?? '{}') as Record<string, JsonValue>),
    // The table says `app` where the others say nothing.
    'clew.channel': row['channel'] === 'app' ? undefined : row['channel'],
    'user.roles': typeof roles === 'string' ? roles.split(',') : undefined,
    'exception.message': row['error_message'],
    'exception.stacktrace': row['error_stack'],
  })
}

function pick(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Told {
  return Object.fromEntries(keys.map((key) => [key, from[key]]))
}

function defined(told: Told): Told {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined && value !== null && value !== '')) // prettier-ignore
}
