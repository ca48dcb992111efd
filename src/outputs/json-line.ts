import { levelName } from '../logging/index.ts'
import { namedErrorType, type Encoding, type LogRecordData, type TraceIdentity } from '../otlp/index.ts'
import type { ErrorDetails } from '../values/index.ts'
import { flat } from './flat-text.ts'
import { LineFields, PLACE } from './line-fields.ts'
import { LineHead } from './line-head.ts'
import { toldFlags } from './trace-flags.ts'
import { visibleJson } from './visible-text.ts'

const METADATA = ',"metadata":{'
/** What the audit channel calls it. */
const DETAILS = ',"details":{'

/** Turns records into lines of JSON with the keys of the field map (log-record.schema.json). What is not known is left out. */
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

  /** One record as one line, ending in a line feed, that a terminal can show. */
  line(record: LogRecordData): string {
    return visibleJson(this.rawLine(record))
  }

  /** The same, where characters that a terminal acts on stand as they are: for who gathers lines, and takes `visibleJson` of many at once, which costs a tenth. */
  rawLine(record: LogRecordData): string {
    const { eventName, trace, error } = record
    const places = this.#fields.places(record)
    const metadata = places[PLACE.metadata] as string
    return (
      this.#head.text(record.timeMillis, levelName(record.severityNumber), record.scope) +
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
      (metadata === '' ? '}\n' : `${record.audit === true ? DETAILS : METADATA}${metadata}}}\n`)
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

function traceText(trace: TraceIdentity): string {
  const flags = toldFlags(trace)
  const flagsText = flags === undefined ? '' : `,"trace_flags":"${flags}"`
  return flat(`,"trace_id":${JSON.stringify(trace.traceId)},"span_id":${JSON.stringify(trace.spanId)}${flagsText}`)
}
