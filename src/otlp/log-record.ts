import type { ErrorDetails } from '../values/index.ts'
import type { BoundFields, Fields } from './fields.ts'
import type { RecordUid } from './record-uid.ts'
import type { Scope } from './scope.ts'
import type { TraceIdentity } from './trace-identity.ts'

/** One log record between the call and its bytes. Lives for one call; outputs keep no reference to it. */
export interface LogRecordData {
  /** Milliseconds since 1970, with a fraction. */
  readonly timeMillis: number
  /** When it was observed, where that is another time. */
  readonly observedMillis?: number
  /** 1–24. @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
  readonly severityNumber: number
  readonly severityText: string
  readonly body: unknown
  /** Set for named events. */
  readonly eventName: string | undefined
  readonly scope: Scope
  /** Fields of the request, session and operation around the call. */
  readonly context: BoundFields | undefined
  /** Fields of the logger. */
  readonly bound: BoundFields | undefined
  /** Fields of the call; they win over the logger's, those over the context's. */
  readonly fields: Fields | undefined
  /** Attributes that another SDK left out. */
  readonly droppedAttributes?: number
  readonly error: ErrorDetails | undefined
  readonly trace: TraceIdentity | undefined
  /** Whether it belongs to the audit channel, of which nothing is left out. */
  readonly audit?: boolean
  /** Whether another logger of the program writes a line of it. */
  readonly said?: boolean
  /** Valid during the call. */
  readonly uid: RecordUid
}
