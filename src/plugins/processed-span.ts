import {
  createTraceState,
  type Attributes,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api'
import { spanFields, type SpanEvent, type SpanLink } from '../otlp/index.ts'
import type { RecordingSpan } from '../tracing/index.ts'
import { toHrTime } from './hr-time.ts'
import { scopeOf, type PluginParts } from './plugin-parts.ts'
import type { InstrumentationScope, ReadableSpan, Resource, TimedEvent } from './sdk-shapes.ts'
import { shownAttributes } from './shown-attributes.ts'

/**
 * A span as processors see it, in the shape of `@opentelemetry/sdk-trace`. Whatever is read from it is safe and without secrets; it is changed through the methods of the API.
 * When it has ended it is frozen: a batch of such spans can be kept and exported.
 */
export class ProcessedSpan implements Span, ReadableSpan {
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  readonly kind: number
  declare readonly parentSpanContext?: SpanContext
  readonly startTime: HrTime
  readonly spanContext: () => SpanContext
  readonly #span: RecordingSpan
  readonly #parts: PluginParts
  #endMillis: number | undefined
  #final: Changing | undefined

  constructor(span: RecordingSpan, parts: PluginParts) {
    this.#span = span
    this.#parts = parts
    this.resource = parts.resource
    this.instrumentationScope = scopeOf(span.scope)
    this.kind = span.kind - 1
    if (span.parent !== undefined) this.parentSpanContext = span.parent
    this.startTime = toHrTime(span.startMillis)
    this.spanContext = () => span.spanContext()
  }

  /** The span is about to end at this time. */
  ending(endMillis: number): void {
    this.#endMillis = endMillis
  }

  /** The span has ended. */
  close(): void {
    this.#endMillis = this.#span.endMillis
    this.#final = Object.freeze(readChanging(this.#span, this.#parts))
    Object.freeze(this)
  }

  get #now(): Changing {
    return this.#final ?? readChanging(this.#span, this.#parts)
  }

  get name(): string {
    return this.#now.name
  }

  get attributes(): Attributes {
    return this.#now.attributes
  }

  get events(): TimedEvent[] {
    return this.#now.events
  }

  get links(): Link[] {
    return this.#now.links
  }

  get status(): SpanStatus {
    return this.#now.status
  }

  get endTime(): HrTime {
    return this.#endMillis === undefined ? [0, 0] : toHrTime(this.#endMillis)
  }

  get duration(): HrTime {
    return this.#endMillis === undefined ? [-1, -1] : toHrTime(this.#endMillis - this.#span.startMillis)
  }

  get ended(): boolean {
    return this.#final !== undefined
  }

  get droppedAttributesCount(): number {
    return this.#span.droppedAttributes
  }

  get droppedEventsCount(): number {
    return this.#span.droppedEvents
  }

  get droppedLinksCount(): number {
    return this.#span.droppedLinks
  }

  setAttribute(key: string, value: unknown): this {
    this.#span.setAttribute(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    this.#span.setAttributes(attributes)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    this.#span.addEvent(name, attributesOrTime, time)
    return this
  }

  addLink(link: Link): this {
    this.#span.addLink(link)
    return this
  }

  addLinks(links: Link[]): this {
    this.#span.addLinks(links)
    return this
  }

  setStatus(status: SpanStatus): this {
    this.#span.setStatus(status)
    return this
  }

  updateName(name: string): this {
    this.#span.updateName(name)
    return this
  }

  recordException(exception: unknown, time?: TimeInput): void {
    this.#span.recordException(exception, time)
  }

  isRecording(): boolean {
    return this.#span.isRecording()
  }

  end(endTime?: TimeInput): void {
    this.#span.end(endTime)
  }
}

/** What may still change while a span lives. */
interface Changing {
  readonly name: string
  readonly attributes: Attributes
  readonly events: TimedEvent[]
  readonly links: Link[]
  readonly status: SpanStatus
}

function readChanging(span: RecordingSpan, { encoding }: PluginParts): Changing {
  const { statusCode: code, statusMessage } = span
  const status = statusMessage === undefined ? { code } : { code, message: encoding.safety.text(statusMessage) }
  const shownEvent = ({ timeMillis, name, attributes }: SpanEvent): TimedEvent =>
    Object.freeze({
      time: toHrTime(timeMillis),
      name: encoding.safety.text(name),
      attributes: shownAttributes(attributes, encoding),
      droppedAttributesCount: 0,
    })
  const shownLink = ({ context, attributes }: SpanLink): Link =>
    Object.freeze({
      context: {
        ...context,
        traceState: context.traceState === undefined ? undefined : createTraceState(context.traceState),
      },
      attributes: shownAttributes(attributes, encoding),
      droppedAttributesCount: 0,
    }) as Link
  return {
    name: encoding.safety.text(span.name),
    attributes: shownAttributes(spanFields(span), encoding),
    events: Object.freeze(span.events.map(shownEvent)) as TimedEvent[],
    links: Object.freeze(span.links.map(shownLink)) as Link[],
    status: Object.freeze(status),
  }
}
