import type { Attributes } from '../otlp/decode-entry.ts'
import type { StoredLog } from './stored-log.ts'

/** A trace in a list, as the log API answers it. */
export interface TraceSummary {
  trace_id: string
  name: string
  service: string | null
  start: string
  duration_ms: number
  spans: number
  logs: number
  errors: number
}

/** A stored span as the log API answers it. */
export interface StoredSpan {
  span_id: string
  parent_span_id: string | null
  name: string
  kind: SpanKindName
  service: string | null
  scope: string
  start: string
  start_unix_nano: string
  duration_ms: number
  status: SpanStatusName
  status_message: string | null
  attributes: Attributes
  events: StoredSpanEvent[]
  links: StoredSpanLink[]
}

/** An event inside a stored span. */
export interface StoredSpanEvent {
  name: string
  time: string
  time_unix_nano: string
  attributes: Attributes
}

/** A link of a stored span. */
export interface StoredSpanLink {
  trace_id: string
  span_id: string
  attributes: Attributes
}

/** Everything of one trace. */
export interface StoredTrace {
  trace_id: string
  spans: StoredSpan[]
  records: StoredLog[]
  truncated: boolean
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const
const STATUSES = ['UNSET', 'OK', 'ERROR'] as const

/** What a span's kind is called. */
export type SpanKindName = (typeof KINDS)[number]

/** What a span's status is called. */
export type SpanStatusName = (typeof STATUSES)[number]

/** The name of OTLP's number for a kind. */
export function spanKindName(kind: number): SpanKindName {
  return KINDS[kind] ?? 'UNSPECIFIED'
}

/** The name of OTLP's number for a status. */
export function spanStatusName(statusCode: number): SpanStatusName {
  return STATUSES[statusCode] ?? 'UNSET'
}
