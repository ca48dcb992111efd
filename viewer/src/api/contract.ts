/** The levels, least severe first. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type Level = (typeof LEVELS)[number]

/** An exception as the log API gives it. */
export interface RecordError {
  readonly type: string | null
  readonly message: string | null
  readonly stack: string | null
  readonly code?: string | null
}

/** A log record as docs/log-api.md describes it. Everything in it comes from outside and is only ever shown as text. */
export interface LogRecord {
  readonly id: string
  readonly timestamp: string
  readonly time_unix_nano: string
  readonly level: Level | null
  readonly component: string | null
  readonly operation: string | null
  readonly message: unknown
  readonly event: string | null
  readonly service: string | null
  readonly session_id: string | null
  readonly user_id: string | null
  readonly tenant_id: string | null
  readonly request_id: string | null
  readonly trace_id: string | null
  readonly span_id: string | null
  readonly duration_ms: number | null
  readonly user_email?: string | null
  readonly user_role?: unknown
  readonly ip_address?: string | null
  readonly user_agent?: string | null
  readonly method: string | null
  readonly path: string | null
  readonly route?: string | null
  readonly status_code: number | null
  readonly action?: string | null
  readonly status?: string | null
  readonly error_type?: string | null
  readonly channel: string | null
  readonly error: RecordError | null
  readonly uid: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
}

export interface SearchAnswer {
  readonly records: LogRecord[]
  readonly next_cursor: string | null
}

export interface RecordAnswer {
  readonly record: LogRecord
  readonly resource: Readonly<Record<string, unknown>>
}

export interface HistogramAnswer {
  readonly interval_ms: number
  readonly buckets: readonly { readonly time: string; readonly counts: Readonly<Partial<Record<Level, number>>> }[]
}

export interface StatsAnswer {
  readonly logs: number
  readonly spans: number
  readonly traces: number
  readonly error_rate: number
}

export interface HealthAnswer {
  readonly status: string
  readonly version: string
  /** Where telemetry is to be sent. */
  readonly otlp: string
  readonly store: { readonly engine: string; readonly logs: number; readonly spans: number }
}

export interface ModulesAnswer {
  readonly modules: readonly { readonly component: string; readonly count: number; readonly errors: number }[]
}

export interface TraceSummary {
  readonly trace_id: string
  readonly name: string | null
  readonly service: string | null
  readonly start: string
  readonly duration_ms: number | null
  readonly spans: number
  readonly logs: number
  readonly errors: number
}

export interface TracesAnswer {
  readonly traces: readonly TraceSummary[]
}

export interface Span {
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly name: string
  readonly kind: string | null
  readonly service: string | null
  readonly scope: string | null
  readonly start: string
  readonly start_unix_nano: string | null
  readonly duration_ms: number | null
  readonly status: string
  readonly status_message: string | null
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly unknown[]
  readonly links: readonly unknown[]
}

export interface TraceAnswer {
  readonly trace_id: string
  readonly spans: readonly Span[]
  readonly records: readonly LogRecord[]
  readonly truncated?: boolean
}

export const SESSION_STATES = ['open', 'broken_off', 'left_open', 'closed'] as const
export type SessionState = (typeof SESSION_STATES)[number]

/** One end of one WebSocket connection. */
export interface Session {
  readonly session_id: string
  readonly role: string | null
  readonly state: SessionState
  readonly state_reason: string
  readonly service: string | null
  readonly instance_id: string | null
  readonly host: string | null
  readonly process_pid: number | null
  readonly tenant_id: string | null
  readonly user_id: string | null
  readonly trace_id: string | null
  readonly span_id: string | null
  readonly began: string
  readonly last_sign_of_life: string
  readonly ended: string | null
  readonly duration_ms: number
  readonly messages_received: number | null
  readonly messages_sent: number | null
  readonly bytes_received: number | null
  readonly bytes_sent: number | null
  readonly close_code: number | null
  readonly close_name: string | null
  readonly close_reason: string | null
  readonly errors: number
  readonly summary_interval_ms: number
  readonly service_began_anew: string | null
  readonly protocol: string | null
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly path: string | null
  readonly details: Readonly<Record<string, unknown>>
}

export interface SessionsAnswer {
  readonly sessions: readonly Session[]
  readonly next_cursor: string | null
}

/** Something that happened in a session: a record or a span. */
export type SessionItem =
  | { readonly kind: string; readonly record: LogRecord; readonly span?: undefined }
  | { readonly kind: string; readonly span: Span & { readonly trace_id: string }; readonly record?: undefined }

export interface SessionTraffic {
  readonly span_id: string | null
  readonly from: string
  readonly to: string
  readonly messages_received: number
  readonly messages_sent: number
  readonly bytes_received: number
  readonly bytes_sent: number
}

export interface SessionActivity {
  readonly time: string
  readonly logs: number
  readonly errors: number
  readonly operations: number
  readonly redis: number
}

export interface SessionStatistics {
  readonly records: number
  readonly spans: number
  readonly by_level: Readonly<Record<Level, number>>
  readonly by_component: readonly { readonly component: string; readonly count: number; readonly errors: number }[]
  readonly operations: {
    readonly count: number
    readonly errors: number
    readonly slowest: readonly {
      readonly name: string
      readonly component: string
      readonly start: string
      readonly duration_ms: number
      readonly status: string
      readonly trace_id: string
      readonly span_id: string
    }[]
  }
  readonly redis: {
    readonly count: number
    readonly errors: number
    readonly commands: readonly {
      readonly command: string
      readonly count: number
      readonly errors: number
      readonly total_ms: number
      readonly max_ms: number
    }[]
  }
  readonly traffic: readonly SessionTraffic[]
  readonly activity: { readonly interval_ms: number; readonly buckets: readonly SessionActivity[] }
}

export interface SessionAnswer {
  readonly session_id: string
  readonly state: SessionState | null
  readonly sessions: readonly Session[]
  readonly traces: readonly Omit<TraceSummary, 'logs'>[]
  readonly statistics: SessionStatistics | null
  readonly items: readonly SessionItem[]
  readonly next_cursor: string | null
}
