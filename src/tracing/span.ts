import {
  isSpanContextValid,
  type Attributes,
  type Link,
  type Span,
  type SpanContext,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api'
import type { FieldScope } from '../context/index.ts'
import {
  areShared,
  shareAttributes,
  type BoundFields,
  type Scope,
  type SpanData,
  type SpanEvent,
  type SpanLink,
} from '../otlp/index.ts'
import { DEFAULT_SAFETY, errorAttributes, errorDetails, ownFields, plainText } from '../values/index.ts'
import { now, toMillis } from './clock.ts'

/** How much one span keeps; what is more is counted. @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits */
export interface SpanLimits {
  readonly attributes: number
  readonly events: number
  readonly links: number
}

export const DEFAULT_SPAN_LIMITS: SpanLimits = Object.freeze({ attributes: 128, events: 128, links: 128 })

/** What a span is born with. */
export interface SpanStart {
  readonly scope: Scope
  readonly spanContext: SpanContext
  readonly parent: SpanContext | undefined
  readonly name: string
  readonly kind: number
  readonly startMillis: number
  /** Fields bound around the span; read when it ends, so that a user id bound meanwhile is on it. */
  readonly fields: FieldScope | undefined
  readonly sink: SpanSink
}

/** Where spans go. Must not throw. */
export interface SpanSink {
  /** Hears of a span that is about to end and may still be changed. */
  readonly ending?: ((span: RecordingSpan, endMillis: number) => void) | undefined
  /** Takes ended spans: all that are recorded, also those that are not sampled. */
  readonly ended: (span: RecordingSpan) => void
  /** @default DEFAULT_SPAN_LIMITS */
  readonly limits?: SpanLimits | undefined
}

const NONE = shareAttributes({})

/** A span that is kept. Ends once; changes after its end are ignored. Never throws, whatever it is given. */
export class RecordingSpan implements Span, SpanData {
  readonly scope: Scope
  readonly parent: SpanContext | undefined
  readonly kind: number
  readonly startMillis: number
  endMillis = 0
  name: string
  /** Shared with other spans until one is set. */
  attributes: Readonly<Record<string, unknown>> = NONE
  events: SpanEvent[] = []
  links: SpanLink[] = []
  droppedAttributes = 0
  droppedEvents = 0
  droppedLinks = 0
  statusCode = 0
  statusMessage: string | undefined
  readonly #context: SpanContext
  readonly #fields: FieldScope | undefined
  readonly #sink: SpanSink
  #attributeCount = 0
  /** Undefined while they are shared. */
  #own: Record<string, unknown> | undefined
  #ending = false

  constructor(start: SpanStart) {
    this.scope = start.scope
    this.#context = start.spanContext
    this.parent = start.parent
    this.name = start.name
    this.kind = start.kind
    this.startMillis = start.startMillis
    this.#fields = start.fields
    this.#sink = start.sink
  }

  get #limits(): SpanLimits {
    return this.#sink.limits ?? DEFAULT_SPAN_LIMITS
  }

  get parentSpanId(): string | undefined {
    return this.parent?.spanId
  }

  get parentIsRemote(): boolean {
    return this.parent?.isRemote === true
  }

  get traceId(): string {
    return this.#context.traceId
  }

  get spanId(): string {
    return this.#context.spanId
  }

  get traceFlags(): number {
    return this.#context.traceFlags
  }

  get traceState(): string | undefined {
    return this.#context.traceState?.serialize()
  }

  /** The bound fields as they are now. */
  get context(): BoundFields | undefined {
    return this.#fields?.current()
  }

  spanContext(): SpanContext {
    return this.#context
  }

  isRecording(): boolean {
    return this.endMillis === 0
  }

  setAttribute(key: string, value: unknown): this {
    if (this.endMillis !== 0 || value === undefined || value === null || typeof key !== 'string') return this
    const attributes = this.#ownAttributes()
    if (!(key in attributes)) {
      if (this.#attributeCount >= this.#limits.attributes) {
        this.droppedAttributes++
        return this
      }
      this.#attributeCount++
    }
    attributes[key] = value
    return this
  }

  /** Without a prototype: `constructor` is a key like any other. */
  #ownAttributes(): Record<string, unknown> {
    if (this.#own === undefined) {
      this.#own = Object.assign(Object.create(null) as Record<string, unknown>, this.attributes)
      this.attributes = this.#own
    }
    return this.#own
  }

  setAttributes(attributes: Attributes): this {
    if (this.attributes === NONE && areShared(attributes)) return this.#share(attributes)
    const fields = ownFields(attributes)
    for (const key in fields) this.setAttribute(key, fields[key])
    return this
  }

  #share(attributes: Attributes): this {
    const count = Object.keys(attributes).length
    if (this.endMillis !== 0 || count > this.#limits.attributes) return this.setAttributes({ ...attributes })
    this.attributes = attributes
    this.#attributeCount = count
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.endMillis !== 0) return this
    if (this.events.length >= this.#limits.events) {
      this.droppedEvents++
      return this
    }
    const given = isTime(attributesOrTime) ? { time: attributesOrTime } : { attributes: attributesOrTime, time }
    this.events.push({
      name: plainText(name),
      timeMillis: toMillis(given.time),
      attributes: ownFields(given.attributes),
    })
    return this
  }

  addLink(link: Link): this {
    if (this.endMillis !== 0) return this
    const kept = this.links.length < this.#limits.links ? readLink(link) : undefined
    if (kept === undefined) this.droppedLinks++
    else this.links.push(kept)
    return this
  }

  addLinks(links: Link[]): this {
    try {
      for (const link of links) this.addLink(link)
    } catch {
      this.droppedLinks++
    }
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.endMillis !== 0 || this.statusCode === 1) return this
    const { code, message } = ownFields(status)
    if (code !== 0 && code !== 1 && code !== 2) return this
    this.statusCode = code
    this.statusMessage = code === 2 && message !== undefined ? plainText(message) : undefined
    return this
  }

  updateName(name: string): this {
    if (this.endMillis === 0) this.name = plainText(name)
    return this
  }

  recordException(exception: unknown, time?: TimeInput): void {
    this.addEvent('exception', errorAttributes(errorDetails(exception, DEFAULT_SAFETY)), time)
  }

  end(endTime?: TimeInput): void {
    if (this.endMillis !== 0 || this.#ending) return
    const endMillis = Math.max(this.startMillis, endTime === undefined ? now() : toMillis(endTime))
    if (this.#sink.ending !== undefined) {
      this.#ending = true
      this.#sink.ending(this, endMillis)
    }
    this.endMillis = endMillis
    this.#sink.ended(this)
  }
}

function isTime(value: unknown): value is TimeInput {
  try {
    return typeof value === 'number' || value instanceof Date || Array.isArray(value)
  } catch {
    return false
  }
}

/** Undefined for what is no link to a span. */
function readLink(link: Link): SpanLink | undefined {
  try {
    if (!isSpanContextValid(link.context)) return undefined
    const { traceId, spanId, traceFlags, traceState, isRemote } = link.context
    return {
      context: { traceId, spanId, traceFlags, traceState: traceState?.serialize(), isRemote },
      attributes: ownFields(link.attributes),
    }
  } catch {
    return undefined
  }
}
