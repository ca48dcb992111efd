import { ATTRIBUTE } from '../fields/index.ts'
import type { Attributes, JsonValue } from '../otlp/decode-entry.ts'
import type { Level } from './level.ts'

/** A stored record as the log API answers it, with the keys of the field map; see docs/log-api.md. */
export interface StoredLog {
  id: string
  timestamp: string
  /** The same time, nanoseconds since 1970 as decimal text: spans have theirs as exactly. */
  time_unix_nano: string
  level: Level
  component: string
  operation: string | null
  message: string
  event: string | null
  service: string | null
  session_id: string | null
  user_id: string | null
  tenant_id: string | null
  request_id: string | null
  trace_id: string | null
  span_id: string | null
  duration_ms: number | null
  user_email: string | null
  /** One, or a list. */
  user_role: JsonValue
  ip_address: string | null
  user_agent: string | null
  method: string | null
  path: string | null
  route: string | null
  status_code: number | null
  action: string | null
  status: string | null
  error_type: string | null
  channel: string | null
  error: StoredError | null
  uid: string | null
  metadata: Attributes
}

/** The error of a record. */
export interface StoredError {
  type: string | null
  message: string | null
  stack: string | null
  code: string | null
}

/** What {@link storedLog} is made of. */
export interface LogParts {
  readonly id: string
  readonly timeMillis: number
  /** Nanoseconds past `timeMillis`, 0 to 999,999. */
  readonly timeNanos: number
  readonly level: Level
  readonly component: string
  readonly service: string | null
  readonly message: string
  readonly event: string | null
  readonly sessionId: string | null
  readonly userId: string | null
  readonly tenantId: string | null
  readonly requestId: string | null
  readonly traceId: string | null
  readonly spanId: string | null
  readonly uid: string | null
  /** Every attribute that is not one of the parts above. Taken over: keys that have a place of their own are removed. */
  readonly attributes: Attributes
}

/** Makes the API's record. */
export function storedLog(parts: LogParts): StoredLog {
  const rest = parts.attributes
  return {
    id: parts.id,
    timestamp: isoTime(parts.timeMillis),
    time_unix_nano: unixNano(parts.timeMillis, parts.timeNanos),
    level: parts.level,
    component: parts.component,
    operation: takeText(rest, ATTRIBUTE.operation),
    message: parts.message,
    event: parts.event,
    service: parts.service,
    session_id: parts.sessionId,
    user_id: parts.userId,
    tenant_id: parts.tenantId,
    request_id: parts.requestId,
    trace_id: parts.traceId,
    span_id: parts.spanId,
    duration_ms: takeNumber(rest, ATTRIBUTE.duration_ms),
    user_email: takeText(rest, ATTRIBUTE.user_email),
    user_role: takeTexts(rest, ATTRIBUTE.user_role),
    ip_address: takeText(rest, ATTRIBUTE.ip_address),
    user_agent: takeText(rest, ATTRIBUTE.user_agent),
    method: takeText(rest, ATTRIBUTE.method),
    path: takeText(rest, ATTRIBUTE.path),
    route: takeText(rest, ATTRIBUTE.route),
    status_code: takeNumber(rest, ATTRIBUTE.status_code),
    action: takeText(rest, ATTRIBUTE.action),
    status: takeText(rest, ATTRIBUTE.status),
    error_type: takeText(rest, ATTRIBUTE.error_type),
    channel: takeText(rest, ATTRIBUTE.channel),
    error: takeError(rest),
    uid: parts.uid,
    metadata: rest,
  }
}

/** The body as people read it: text as it is, anything else as JSON, nothing as the event's name. */
export function messageOf(body: JsonValue, eventName: string): string {
  if (typeof body === 'string') return withoutNul(body)
  return body === null ? eventName : JSON.stringify(body)
}

/** SQLite of Node 22 cuts text at a NUL, so that one is shown as a replacement character. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
}

/** ISO 8601 with milliseconds; a time that no calendar has is shown as the nearest it has. */
export function isoTime(millis: number): string {
  return new Date(Math.min(Math.max(millis, 0), 8.64e15)).toISOString()
}

function takeError(rest: Attributes): StoredError | null {
  const type = takeText(rest, ATTRIBUTE['error.type'])
  const message = takeText(rest, ATTRIBUTE['error.message'])
  const stack = takeText(rest, ATTRIBUTE['error.stack'])
  if (type === null && message === null && stack === null) return null
  return { type, message, stack, code: takeText(rest, ATTRIBUTE['error.code']) }
}

function takeText(rest: Attributes, key: string): string | null {
  const value = rest[key]
  if (typeof value !== 'string' && typeof value !== 'number') return null
  delete rest[key]
  return String(value)
}

function takeTexts(rest: Attributes, key: string): JsonValue {
  const value = rest[key]
  if (!Array.isArray(value)) return takeText(rest, key)
  delete rest[key]
  return value
}

function takeNumber(rest: Attributes, key: string): number | null {
  const value = rest[key]
  if (typeof value !== 'number') return null
  delete rest[key]
  return value
}

/** Nanoseconds since 1970 in decimal. */
export function unixNano(millis: number, nanos: number): string {
  return (BigInt(millis) * 1_000_000n + BigInt(nanos)).toString()
}
