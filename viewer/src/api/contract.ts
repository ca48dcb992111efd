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
