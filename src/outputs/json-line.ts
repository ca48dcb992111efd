import { mergedFields, overlap, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { JsonWriter } from '../values/index.ts'
import { IsoTime } from './iso-time.ts'
import { createPlaces, LineFields, NO_PARTS, PLACE, type LineParts, type LinePlaces } from './line-fields.ts'

/** What a line is made in. */
interface LineBuffers {
  readonly json: JsonWriter
  /** The fields of the call, or all fields where some stand in more than one place. */
  readonly own: LinePlaces
  context: LineParts
  bound: LineParts
}

const LINE_BYTES = 16_384
/** Larger ones, grown for an unusual record, are not kept. */
const MAX_KEPT_BYTES = 1_048_576

function createBuffers(): LineBuffers {
  return { json: new JsonWriter(LINE_BYTES), own: createPlaces(), context: NO_PARTS, bound: NO_PARTS }
}

const TIMESTAMP = Buffer.from('{"timestamp":')
const LEVEL = Buffer.from(',"level":')
const COMPONENT = Buffer.from(',"component":')
const MESSAGE = Buffer.from(',"message":')
const EVENT = Buffer.from(',"event":')
const TRACE_ID = Buffer.from(',"trace_id":')
const SPAN_ID = Buffer.from(',"span_id":')
/** Said only of traces that are not sampled: their spans are not to be found. @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
const UNSAMPLED = Buffer.from(',"trace_flags":"00"')
const SAMPLED = 1
const ERROR = Buffer.from(',"error":')
const UID = Buffer.from(',"uid":')
const METADATA = Buffer.from(',"metadata":')
const END = Buffer.from('}\n')
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** Turns records into lines of JSON with the keys of the field map. What is not known is left out. */
export class JsonLines {
  readonly #fields: LineFields
  readonly #safety: Encoding['safety']
  readonly #time = new IsoTime()
  #idle: LineBuffers | undefined = createBuffers()

  constructor(encoding: Encoding) {
    this.#fields = new LineFields(encoding)
    this.#safety = encoding.safety
  }

  /**
   * Makes one record's line, ending in a line feed.
   * @param use takes the line; the bytes are its own for the time of the call only
   */
  write(record: LogRecordData, use: (line: Buffer, length: number) => void): void {
    // A value's own code (a getter, toJSON) may log and so come here again: then with buffers of its own.
    const buffers = this.#idle ?? createBuffers()
    this.#idle = undefined
    try {
      this.#prepareFields(record, buffers)
      this.#fill(record, buffers)
      use(buffers.json.buffer, buffers.json.position)
    } finally {
      if (buffers.json.buffer.length <= MAX_KEPT_BYTES) this.#idle = buffers
    }
  }

  #prepareFields({ context, bound, fields }: LogRecordData, buffers: LineBuffers): void {
    for (const place of buffers.own) place.position = 0
    const merge = overlap(context, bound, fields)
    buffers.context = merge || context === undefined ? NO_PARTS : this.#fields.bound(context)
    buffers.bound = merge || bound === undefined ? NO_PARTS : this.#fields.bound(bound)
    const own = merge ? mergedFields(context, bound, fields) : fields
    if (own !== undefined) this.#fields.write(own, buffers.own)
  }

  #fill(record: LogRecordData, buffers: LineBuffers): void {
    const { json } = buffers
    json.position = 0
    entry(json, TIMESTAMP, this.#time.text(record.timeMillis))
    entry(json, LEVEL, record.severityText)
    entry(json, COMPONENT, record.scope.name)
    put(buffers, PLACE.operation)
    entry(json, MESSAGE, this.#safety.plain(record.body ?? record.eventName ?? ''))
    if (record.eventName !== undefined) entry(json, EVENT, record.eventName)
    put(buffers, PLACE.session_id)
    put(buffers, PLACE.user_id)
    put(buffers, PLACE.tenant_id)
    put(buffers, PLACE.request_id)
    if (record.trace !== undefined) {
      entry(json, TRACE_ID, record.trace.traceId)
      entry(json, SPAN_ID, record.trace.spanId)
      if ((record.trace.traceFlags & SAMPLED) === 0) json.raw(UNSAMPLED)
    }
    put(buffers, PLACE.duration_ms)
    put(buffers, PLACE.others)
    if (record.error !== undefined) {
      json.raw(ERROR)
      json.raw(Buffer.from(JSON.stringify(record.error)))
    }
    entry(json, UID, record.uid.text())
    putMetadata(buffers)
    json.raw(END)
  }
}

function entry(json: JsonWriter, key: Uint8Array, text: string): void {
  json.raw(key)
  json.text(text)
}

function put({ json, context, bound, own }: LineBuffers, place: number): void {
  json.raw(context[place] as Uint8Array)
  json.raw(bound[place] as Uint8Array)
  const { buffer, position } = own[place] as JsonWriter
  json.raw(buffer, position)
}

function putMetadata(buffers: LineBuffers): void {
  const { json } = buffers
  const start = json.position
  json.raw(METADATA)
  const first = json.position
  put(buffers, PLACE.metadata)
  if (json.position === first) {
    json.position = start
    return
  }
  // In the place of the comma before the first field.
  json.buffer[first] = OPENING_BRACE
  json.byte(CLOSING_BRACE)
}
