import type { Attributes } from '../../otlp/decode-entry.ts'
import type { Level } from '../level.ts'
import type { StoredLog } from '../stored-log.ts'
import type { StoredSpan } from '../stored-trace.ts'

/** What a session can be. */
export const SESSION_STATES = ['open', 'closed', 'broken_off', 'left_open'] as const

/** See {@link SESSION_STATES}. */
export type SessionState = (typeof SESSION_STATES)[number]

/** Why a session is taken for what it is. All but `silent` and `no_summaries` are known; those two are guessed. */
export type StateReason =
  'end_recorded' | 'sign_of_life' | 'no_summaries' | 'silent' | 'instance_stopped' | 'instance_restarted'

/** One end of one WebSocket connection, from upgrade to close, as the log API answers it; see docs/log-api.md. */
export interface StoredSession {
  session_id: string
  role: string | null
  state: SessionState
  state_reason: StateReason
  service: string | null
  instance_id: string | null
  host: string | null
  process_pid: number | null
  tenant_id: string | null
  user_id: string | null
  trace_id: string | null
  span_id: string | null
  began: string
  last_sign_of_life: string
  ended: string | null
  /** From its beginning to its end, or to the last sign of life. */
  duration_ms: number
  messages_received: number | null
  messages_sent: number | null
  bytes_received: number | null
  bytes_sent: number | null
  close_code: number | null
  close_name: string | null
  close_reason: string | null
  /** Records of ERROR and above that carry the session's id. */
  errors: number
  /** How often it was to give a sign of life; 0 is never. */
  summary_interval_ms: number
  /** When another process of the service began on the host, after the last sign of life of a session without an end. */
  service_began_anew: string | null
  protocol: string | null
  ip_address: string | null
  user_agent: string | null
  path: string | null
  /** Whatever else its newest own record tells, under the names of the attributes. */
  details: Attributes
}

/** What a session's item is about. */
export type SessionItemKind =
  'upgrade' | 'start' | 'summary' | 'end' | 'error' | 'log' | 'session' | 'redis' | 'operation' | 'request' | 'call'

/** A span that may be of any trace. */
export type SessionSpan = StoredSpan & { trace_id: string }

/** Something that happened in a session: a record or a span. */
export type SessionItem =
  | { readonly kind: SessionItemKind; readonly record: StoredLog }
  | { readonly kind: SessionItemKind; readonly span: SessionSpan }

/** A trace in which spans carry a session's id. */
export interface SessionTrace {
  trace_id: string
  name: string
  service: string | null
  start: string
  duration_ms: number
  spans: number
  errors: number
}

/** An operation of a session. */
export interface SessionOperation {
  name: string
  component: string
  start: string
  duration_ms: number
  status: string
  trace_id: string
  span_id: string
}

/** What a session asked of Redis under one name. */
export interface RedisCommandCount {
  command: string
  count: number
  errors: number
  total_ms: number
  max_ms: number
}

/** Messages between two own records of one side of a session. */
export interface SessionTraffic {
  span_id: string | null
  from: string
  to: string
  messages_received: number
  messages_sent: number
  bytes_received: number
  bytes_sent: number
}

/** How much happened in a part of a session's life. */
export interface SessionActivity {
  time: string
  logs: number
  errors: number
  operations: number
  redis: number
}

/** Counts over everything that carries a session's id. */
export interface SessionStatistics {
  records: number
  spans: number
  by_level: Record<Level, number>
  by_component: { component: string; count: number; errors: number }[]
  operations: { count: number; errors: number; slowest: SessionOperation[] }
  redis: { count: number; errors: number; commands: RedisCommandCount[] }
  traffic: SessionTraffic[]
  activity: { interval_ms: number; buckets: SessionActivity[] }
}

/** Everything of one session id. */
export interface SessionLife {
  session_id: string
  /** The state of what is going on now, else of what was last; null when no connection is known, only records or spans. */
  state: SessionState | null
  /** Both ends of its connections, the newest first. */
  sessions: StoredSession[]
  traces: SessionTrace[]
  /** With the first page only. */
  statistics: SessionStatistics | null
  items: SessionItem[]
}
