import { namedErrorType, type Encoding, type LogRecordData, type TraceIdentity } from '../otlp/index.ts'
import type { ErrorDetails } from '../values/index.ts'
import { flat } from './flat-text.ts'
import { LineFields, PLACE } from './line-fields.ts'
import { LineHead } from './line-head.ts'

const SAMPLED = 1

/** Turns records into lines of JSON with the keys of the field map. What is not known is left out. */
export class JsonLines {
  readonly #fields: LineFields
  readonly #safety: Encoding['safety']
  readonly #head = new LineHead()
  #trace: TraceIdentity | undefined
  #traceText = ''

  constructor(encoding: Encoding) {
    this.#fields = new LineFields(encoding)
    this.#safety = encoding.safety
  }

  /** One record as one line, ending in a line feed. */
  line(record: LogRecordData): string {
    const { eventName, trace, error } = record
    const places = this.#fields.places(record)
    const metadata = places[PLACE.metadata] as string
    return (
      this.#head.text(record.timeMillis, record.severityText, record.scope) +
      places[PLACE.operation] +
      ',"message":' +
      JSON.stringify(this.#safety.plain(record.body ?? eventName ?? '')) +
      (eventName === undefined ? '' : `,"event":${JSON.stringify(eventName)}`) +
      places[PLACE.session_id] +
      places[PLACE.user_id] +
      places[PLACE.tenant_id] +
      places[PLACE.request_id] +
      (trace === undefined ? '' : this.#ids(trace)) +
      places[PLACE.duration_ms] +
      places[PLACE.others] +
      (error === undefined ? '' : errorText(error, record)) +
      `,"uid":"${record.uid.text()}"` +
      (metadata === '' ? '}\n' : `,"metadata":{${metadata}}}\n`)
    )
  }

  #ids(trace: TraceIdentity): string {
    if (trace !== this.#trace) {
      this.#traceText = traceText(trace)
      this.#trace = trace
    }
    return this.#traceText
  }
}

/** The error with those inside of it; its class, or its code, stands in a key of its own unless a field says it. */
function errorText(error: ErrorDetails, record: LogRecordData): string {
  const type = namedErrorType(error, record)
  return `${type === undefined ? '' : `,"error_type":${JSON.stringify(type)}`},"error":${JSON.stringify(error)}`
}

/** Flags are said only of traces that are not sampled: their spans are not to be found. @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
function traceText({ traceId, spanId, traceFlags }: TraceIdentity): string {
  const unsampled = (traceFlags & SAMPLED) === 0 ? ',"trace_flags":"00"' : ''
  return flat(`,"trace_id":${JSON.stringify(traceId)},"span_id":${JSON.stringify(spanId)}${unsampled}`)
}
