import type { BoundFields, Fields } from './fields.ts'
import type { TraceIdentity } from './trace-identity.ts'

/** What happened at one moment of a span. */
export interface SpanEvent {
  readonly timeMillis: number
  readonly name: string
  readonly attributes: Fields
}

/** A reference to another span. */
export interface SpanLink {
  readonly context: TraceIdentity & {
    readonly traceState?: string | undefined
    readonly isRemote?: boolean | undefined
  }
  readonly attributes: Fields
}

/** An ended span between its end and its bytes. */
export interface SpanData extends TraceIdentity {
  readonly traceState: string | undefined
  readonly parentSpanId: string | undefined
  readonly parentIsRemote: boolean
  readonly name: string
  /** As on the wire: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startMillis: number
  readonly endMillis: number
  readonly attributes: Fields
  readonly context: BoundFields | undefined
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly droppedAttributes: number
  readonly droppedEvents: number
  readonly droppedLinks: number
  /** As on the wire: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly statusMessage: string | undefined
}
