import { ATTRIBUTE } from '../../fields/index.ts'
import type { Attributes, JsonValue, LogEntry } from '../../otlp/decode-entry.ts'
import { columnText } from '../attribute-text.ts'
import {
  CLOSE_NAME,
  DEFAULT_SUMMARY_MILLIS,
  SESSION_ATTRIBUTES,
  SESSION_EVENTS,
  SUMMARY_INTERVAL,
} from './websocket-fields.ts'

const A = SESSION_ATTRIBUTES
const HAVE_A_PLACE = new Set<string>([...Object.values(A), SUMMARY_INTERVAL, CLOSE_NAME])

/** Earlier than any time. It is kept as JSON, which has no infinity. */
const NEVER_MILLIS = -8.64e15

/** What is known of one end of a connection, whatever of it came, and in which order. Times are milliseconds since 1970, with fractions. */
export interface KnownSession {
  readonly key: string
  /** The newest own record's: a program may bind another id while the connection stands. */
  sessionId: string
  readonly resourceId: number
  readonly service: string | null
  readonly instanceId: string | null
  readonly host: string | null
  readonly pid: number | null
  readonly traceId: string
  readonly spanId: string
  role: string | null
  beganMillis: number
  /** Whether the beginning was recorded; else it is counted back from a later record. */
  isBegun: boolean
  lastMillis: number
  endedMillis: number | null
  end: 'closed' | 'left_open' | null
  /** The time of the newest own record; its counts are the ones that hold. */
  toldMillis: number
  durationMillis: number | null
  messagesReceived: number | null
  messagesSent: number | null
  bytesReceived: number | null
  bytesSent: number | null
  closeCode: number | null
  closeName: string | null
  closeReason: string | null
  summaryMillis: number
  userId: string | null
  /** The time of the record that told the user, and the tenant: the newest one holds. */
  userMillis: number
  tenantId: string | null
  tenantMillis: number
  protocol: string | null
  ipAddress: string | null
  userAgent: string | null
  path: string | null
  details: Attributes
}

/** The time of an entry with its fraction. */
export function exactMillis(entry: { readonly timeMillis: number; readonly timeNanos: number }): number {
  return entry.timeMillis + entry.timeNanos / 1_000_000
}

/** Whether a record is one that sessions are known by: it names its role, which a refused upgrade has not. */
export function isOwnRecord(entry: LogEntry): boolean {
  if (!entry.eventName.startsWith('websocket.')) return false
  const { connected, disconnected, failed, summary } = SESSION_EVENTS
  return (
    [connected, disconnected, failed, summary].some((event) => event === entry.eventName) &&
    text(entry.attributes[A.role]) !== null
  )
}

/** What one record of a session and one of its processes have in common: the connection. Without ids of a trace it is the session in the process. */
export function sessionKey(entry: LogEntry, sessionId: string, resourceId: number): string {
  if (entry.traceId !== '' && entry.spanId !== '') return `${entry.traceId}${entry.spanId}`
  return `${resourceId} ${text(entry.attributes[A.role]) ?? ''} ${sessionId}`
}

/** A session of which nothing but this entry is known. */
export function newSession(entry: LogEntry, sessionId: string, resourceId: number): KnownSession {
  const resource = entry.resource.attributes
  return {
    key: sessionKey(entry, sessionId, resourceId),
    sessionId,
    resourceId,
    service: entry.resource.service,
    instanceId: text(resource['service.instance.id']),
    host: text(resource['host.name']),
    pid: number(resource['process.pid']),
    traceId: entry.traceId,
    spanId: entry.spanId,
    role: null,
    beganMillis: -NEVER_MILLIS,
    isBegun: false,
    lastMillis: NEVER_MILLIS,
    endedMillis: null,
    end: null,
    toldMillis: NEVER_MILLIS,
    durationMillis: null,
    messagesReceived: null,
    messagesSent: null,
    bytesReceived: null,
    bytesSent: null,
    closeCode: null,
    closeName: null,
    closeReason: null,
    summaryMillis: DEFAULT_SUMMARY_MILLIS,
    userId: null,
    userMillis: NEVER_MILLIS,
    tenantId: null,
    tenantMillis: NEVER_MILLIS,
    protocol: null,
    ipAddress: null,
    userAgent: null,
    path: null,
    details: {},
  }
}

/** Adds what an own record says. The order in which they come makes no difference. */
export function learn(session: KnownSession, entry: LogEntry): void {
  const { attributes, eventName } = entry
  const at = exactMillis(entry)
  const duration = number(attributes[ATTRIBUTE.duration_ms])
  learnBeginning(session, eventName === SESSION_EVENTS.connected, at, duration)
  session.role ??= text(attributes[A.role])
  session.protocol ??= text(attributes[A.protocol])
  session.ipAddress ??= text(attributes[ATTRIBUTE.ip_address])
  session.userAgent ??= text(attributes[ATTRIBUTE.user_agent])
  session.path ??= text(attributes[ATTRIBUTE.path])
  session.summaryMillis = number(attributes[SUMMARY_INTERVAL]) ?? session.summaryMillis
  session.lastMillis = Math.max(session.lastMillis, at)
  learnWho(session, entry, at)
  if (eventName === SESSION_EVENTS.disconnected || eventName === SESSION_EVENTS.failed) {
    session.end = text(attributes[A.leftOpen]) === null ? 'closed' : 'left_open'
    session.endedMillis = at
    session.durationMillis = duration
  }
  if (at < session.toldMillis) return
  session.sessionId = columnText(attributes[ATTRIBUTE.session_id]) ?? session.sessionId
  learnCounts(session, attributes, at)
}

/**
 * Takes over the user and the tenant of any record of the session up to its end. Clients choose ids, so a record of another tenant than the known one may be of another session: it tells neither.
 * @returns whether one of them is news
 */
export function learnWho(session: KnownSession, entry: LogEntry, at: number): boolean {
  if (session.endedMillis !== null && at > session.endedMillis) return false
  const user = columnText(entry.attributes[ATTRIBUTE.user_id])
  const tenant = columnText(entry.attributes[ATTRIBUTE.tenant_id])
  if (tenant !== null && session.tenantId !== null && tenant !== session.tenantId) return false
  let isNews = false
  if (user !== null && at >= session.userMillis) {
    isNews = user !== session.userId
    session.userId = user
    session.userMillis = at
  }
  if (tenant !== null && at >= session.tenantMillis) {
    isNews ||= tenant !== session.tenantId
    session.tenantId = tenant
    session.tenantMillis = at
  }
  return isNews
}

function learnBeginning(session: KnownSession, isBeginning: boolean, at: number, duration: number | null): void {
  if (isBeginning) {
    session.beganMillis = at
    session.isBegun = true
  } else if (!session.isBegun) session.beganMillis = Math.min(session.beganMillis, at - (duration ?? 0))
}

function learnCounts(session: KnownSession, attributes: Attributes, at: number): void {
  session.toldMillis = at
  session.messagesReceived = number(attributes[A.messagesReceived]) ?? session.messagesReceived
  session.messagesSent = number(attributes[A.messagesSent]) ?? session.messagesSent
  session.bytesReceived = number(attributes[A.bytesReceived]) ?? session.bytesReceived
  session.bytesSent = number(attributes[A.bytesSent]) ?? session.bytesSent
  session.closeCode = number(attributes[A.closeCode])
  session.closeName = text(attributes[CLOSE_NAME])
  session.closeReason = text(attributes[A.closeReason])
  const others = Object.entries(attributes).filter(([key]) => key.startsWith('websocket.') && !HAVE_A_PLACE.has(key))
  session.details = Object.fromEntries(others)
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function number(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}
