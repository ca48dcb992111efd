import { SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import { activeContext, decidedContext } from '../../src/context/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { carriedContext, enclosed, envelopeOf, opened } from './message-envelope.ts'
import { messageSize } from './message-size.ts'
import { COMPONENT } from './session-record.ts'

/** Whose messages they are, and how many of them have a span. */
export interface MessageTracingParts {
  readonly session: Span
  readonly context: Context
  readonly role: string
  /** The share with a span of its own, 0 to 1. */
  readonly share: number
}

/** One message on its way through the application. */
export interface TracedMessage {
  readonly data: unknown
  /** Its handlers run in it, or it is sent from it. */
  readonly context: Context
  /** It is through. @param isGood false when a handler, or sending, threw */
  readonly done: (isGood: boolean) => void
}

/**
 * The spans and contexts of one session's messages, where they were asked for. A message has a trace of its own, linked to its session: a session of a day would be one trace of a million
 * spans, which nothing can show. Where it was sent from within a trace (an envelope, or the code that sends) it belongs to that one.
 */
export class MessageTracing {
  /** Whether the other end has said that it takes envelopes off. */
  carries = false
  readonly #parts: MessageTracingParts

  constructor(parts: MessageTracingParts) {
    this.#parts = parts
  }

  received(given: unknown, isText: boolean): TracedMessage {
    const envelope = this.carries && isText ? opened(given) : undefined
    const data = envelope === undefined ? given : envelope.data
    const around = envelope === undefined ? this.#parts.context : carriedContext(this.#parts.context, envelope.carried)
    const span = this.#begin('websocket receive', SpanKind.CONSUMER, around, data, isText)
    return traced(data, around, span)
  }

  /** @param isFirst whether the data begins a message: a later fragment has no envelope */
  sent(data: unknown, isText: boolean, isFirst: boolean): TracedMessage {
    const active = activeContext()
    const span = isFirst ? this.#begin('websocket send', SpanKind.PRODUCER, active, data, isText) : undefined
    const message = traced(data, active, span)
    if (!this.carries || !isText || !isFirst) return message
    // Of the session's own trace the other end knows already, and must not make one of a day of it.
    const isOwn = trace.getSpanContext(message.context)?.spanId === this.#parts.session.spanContext().spanId
    return { ...message, data: enclosed(data, isOwn ? '' : envelopeOf(message.context)) }
  }

  #begin(name: string, kind: SpanKind, around: Context, data: unknown, isText: boolean): Span | undefined {
    const { share, role } = this.#parts
    if (share < 1 && Math.random() >= share) return undefined
    const session = this.#parts.session.spanContext()
    const parent = trace.getSpanContext(around)
    const root = parent === undefined || parent.spanId === session.spanId
    const attributes = {
      [ATTRIBUTES.role]: role,
      [ATTRIBUTES.messageKind]: isText ? 'text' : 'binary',
      [ATTRIBUTES.messageSize]: messageSize(data),
    }
    const options = { kind, root, attributes, links: [{ context: session }] }
    return trace.getTracer(COMPONENT).startSpan(name, options, root ? decidedContext(around) : around)
  }
}

function traced(data: unknown, around: Context, span: Span | undefined): TracedMessage {
  if (span === undefined) return { data, context: around, done: () => {} }
  const done = (isGood: boolean): void => {
    if (!isGood) span.setAttribute(ATTRIBUTES.errorType, '_OTHER').setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
  return { data, context: trace.setSpan(around, span), done }
}
