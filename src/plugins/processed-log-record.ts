import { isSpanContextValid, type AnyValue, type Attributes, type HrTime, type SpanContext } from '@opentelemetry/api'
import { safeName } from '../logging/index.ts'
import { errorFields, mergedFields, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { secretProperties } from '../privacy/index.ts'
import { toMillis } from '../tracing/index.ts'
import { readField, readShown, type ErrorDetails } from '../values/index.ts'
import { toHrTime } from './hr-time.ts'
import { scopeOf, type PluginParts } from './plugin-parts.ts'
import type { InstrumentationScope, Resource } from './sdk-shapes.ts'
import { setEntry, shownField, shownValue } from './shown-value.ts'

const EXCEPTION = { type: 'exception.type', message: 'exception.message', stack: 'exception.stacktrace' } as const
const UID = 'log.record.uid'

/**
 * A record as processors see and change it, in the shape of `@opentelemetry/sdk-logs`. Whatever is read from it is safe and without secrets, also what a processor set: a
 * batch of such records can be kept and exported. Beside that it keeps what was really given, for clew's own outputs, which take secrets out in their own way, once.
 * It can be changed until it is sealed.
 */
export class ProcessedLogRecord {
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  readonly attributes: Attributes = {}
  readonly #encoding: Encoding
  readonly #given: LogRecordData
  /** What was given, under the names on the wire. */
  readonly #fields = Object.create(null) as Record<string, unknown>
  /** What is shown of it, to recognise what a processor wrote straight into `attributes`. */
  readonly #shown = new Map<string, AnyValue>()
  #sealed = false
  /** What there is to show of the error. */
  readonly #errorAttributes: Readonly<Record<string, unknown>>
  #hrTime: HrTime
  #hrTimeObserved: HrTime
  #spanContext: SpanContext | undefined
  #severityNumber: number
  #severityText: string
  #eventName: string | undefined
  #body: unknown
  #shownBody: AnyValue
  #droppedAttributesCount = 0

  constructor(record: LogRecordData, { encoding, resource }: PluginParts) {
    this.#given = record
    this.#encoding = encoding
    this.#errorAttributes = record.error === undefined ? {} : errorFields(record.error, record)
    this.resource = resource
    this.instrumentationScope = scopeOf(record.scope)
    this.#hrTime = this.#hrTimeObserved = toHrTime(record.timeMillis)
    this.#spanContext = record.trace
    this.#severityNumber = record.severityNumber
    this.#severityText = record.severityText
    this.#eventName = record.eventName
    this.body = record.body
    const fields = mergedFields(record.context, record.bound, record.fields)
    const secrets = secretProperties(fields)
    for (const key in fields) this.setAttribute(key, readShown(fields, key, secrets))
    if (record.error !== undefined)
      for (const [key, value] of Object.entries(this.#errorAttributes)) this.setAttribute(key, value)
    this.setAttribute(UID, record.uid.text())
  }

  get hrTime(): HrTime {
    return this.#hrTime
  }

  set hrTime(time: HrTime) {
    if (!this.#sealed) this.#hrTime = time
  }

  get hrTimeObserved(): HrTime {
    return this.#hrTimeObserved
  }

  set hrTimeObserved(time: HrTime) {
    if (!this.#sealed) this.#hrTimeObserved = time
  }

  get spanContext(): SpanContext | undefined {
    return this.#spanContext
  }

  set spanContext(context: SpanContext | undefined) {
    if (!this.#sealed) this.#spanContext = context
  }

  get severityNumber(): number {
    return this.#severityNumber
  }

  set severityNumber(severity: number) {
    if (!this.#sealed && severity >= 1 && severity <= 24) this.#severityNumber = Math.floor(severity)
  }

  get severityText(): string {
    return this.#severityText
  }

  set severityText(text: string) {
    if (!this.#sealed) this.#severityText = safeName(text)
  }

  get eventName(): string | undefined {
    return this.#eventName
  }

  set eventName(name: string | undefined) {
    if (!this.#sealed) this.#eventName = name === undefined ? undefined : safeName(name)
  }

  get body(): AnyValue {
    return this.#shownBody
  }

  set body(body: AnyValue) {
    if (this.#sealed) return
    this.#body = body
    this.#shownBody = body === undefined ? undefined : shownValue(body, this.#encoding.safety)
  }

  get droppedAttributesCount(): number {
    return this.#droppedAttributesCount
  }

  set droppedAttributesCount(count: number) {
    if (!this.#sealed) this.#droppedAttributesCount = count
  }

  setAttribute(key: string, value?: AnyValue): this {
    if (this.#sealed || value === undefined || typeof key !== 'string') return this
    const known = this.#encoding.keys.get(key)
    // What was read here and is set again is no new value: a rule that hashes would hash it twice.
    const shownAlready = Object.is(this.#shown.get(known.name), value)
    if (shownAlready && Object.is(this.attributes[known.name], value)) return this
    const shown = shownField(known, value, this.#encoding.safety)
    if (shown === undefined) return this
    this.#fields[known.name] = value
    this.#shown.set(known.name, shown)
    setEntry(this.attributes, known.name, shown)
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const key of Object.keys(attributes)) this.setAttribute(key, readField(attributes, key))
    return this
  }

  setBody(body: AnyValue): this {
    this.body = body
    return this
  }

  setEventName(name: string): this {
    this.eventName = name
    return this
  }

  setSeverityNumber(severity: number): this {
    this.severityNumber = severity
    return this
  }

  setSeverityText(text: string): this {
    this.severityText = text
    return this
  }

  /** Takes over what a processor wrote straight into `attributes`, or deleted there. */
  takeChanges(): void {
    for (const key of Object.keys(this.attributes)) {
      const value = readField(this.attributes, key)
      if (this.#shown.has(key) && Object.is(this.#shown.get(key), value)) continue
      delete this.attributes[key]
      this.setAttribute(key, value)
    }
    for (const key of this.#shown.keys()) {
      if (Object.hasOwn(this.attributes, key)) continue
      this.#shown.delete(key)
      delete this.#fields[key]
    }
  }

  /** The error as it was given, unless a processor changed what is shown of it; its attributes are no fields then. */
  #takeError(): ErrorDetails | undefined {
    const shown = this.#errorAttributes
    const unchanged = Object.keys(shown).every((key) => Object.is(this.#fields[key], shown[key]))
    const { [EXCEPTION.type]: type, [EXCEPTION.message]: message, [EXCEPTION.stack]: stack } = this.attributes
    const error = typeof type === 'string' && typeof message === 'string' ? { type, message } : undefined
    if (error !== undefined) for (const key of unchanged ? Object.keys(shown) : Object.values(EXCEPTION)) delete this.#fields[key] // prettier-ignore
    if (unchanged && this.#given.error !== undefined) return this.#given.error
    return error !== undefined && typeof stack === 'string' ? { ...error, stack } : error
  }

  /** Nothing changes from now on. @returns the record for clew's outputs, with the processors' changes */
  seal(): LogRecordData {
    this.#sealed = true
    Object.freeze(this.attributes)
    const given = this.#given
    const span = this.#spanContext
    const error = this.#takeError()
    const fields = this.#fields
    delete fields[UID]
    return {
      timeMillis: toMillis(this.#hrTime),
      severityNumber: this.#severityNumber,
      severityText: this.#severityText,
      body: this.#body,
      eventName: this.#eventName,
      scope: given.scope,
      context: undefined,
      bound: undefined,
      fields,
      ...(this.#droppedAttributesCount > 0 ? { droppedAttributes: this.#droppedAttributesCount } : undefined),
      error,
      trace: span === given.trace || (span !== undefined && isSpanContextValid(span)) ? span : undefined,
      uid: given.uid,
      ...(given.audit === true ? { audit: true } : undefined),
      ...(given.said === true ? { said: true } : undefined),
    }
  }
}
