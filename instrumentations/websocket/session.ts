import { SpanStatusCode, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api'
import { fieldScope, RepeatedContext } from '../../src/context/index.ts'
import type { LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { DEFAULT_SAFETY, errorDetails } from '../../src/values/index.ts'
import type { SpokenRecord } from '../speaker.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import { closeLevel, errorCode, reasonText } from './close-details.ts'
import { closeName } from './close-name.ts'
import { MessageTracing } from './message-tracing.ts'
import { SessionCounts } from './session-counts.ts'
import type { Role } from './session-metrics.ts'
import { emitRecord } from './session-record.ts'
import type { Socket } from './ws.ts'

/** What a session begins with. */
export interface SessionStart {
  readonly role: Role
  readonly span: Span
  /** The context around the session; its span is made active in it. */
  readonly context: Context
  /** What is told of the peer, on the span and on all records. */
  readonly fields: Fields
  /** How often a summary is told, in milliseconds; 0 is never. */
  readonly summaryMillis: number
  /** The share of messages that have a span, 0 to 1. */
  readonly messageShare: number
}

/** The books of one connection, from upgrade to close: counts only, so nothing grows with its messages. */
export class Session {
  readonly role: Role
  /** Everything that happens in the session runs in it. */
  readonly context: Context
  /** The same, for what its connection brings. */
  readonly fromConnection: RepeatedContext
  readonly counts = new SessionCounts()
  /** Undefined where messages leave nothing of their own. */
  messages: MessageTracing | undefined
  /** When the next summary is due, by `performance.now()`. */
  summaryDue: number
  /** No field of its own to be private: the way of each message asks for it. */
  ended = false
  established = false
  /** Of a server's session: the client has offered envelopes around messages, and the answer to its upgrade accepts them. */
  isContextAccepted = false
  readonly #span: Span
  readonly #fields: Fields
  readonly #summaryMillis: number
  readonly #started = performance.now()
  #error: unknown

  constructor({ role, span, context, fields, summaryMillis, messageShare }: SessionStart) {
    this.role = role
    this.#span = span
    this.#fields = { [ATTRIBUTES.role]: role, ...fields }
    this.#summaryMillis = summaryMillis
    this.summaryDue = this.#started + summaryMillis
    this.context = trace.setSpan(context, span)
    this.fromConnection = new RepeatedContext(this.context)
    // Sampled with their session: without its span there is none of theirs.
    const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0
    if (messageShare > 0 && isSampled) this.messages = this.#traceMessages(messageShare)
    for (const key in this.#fields) setAttribute(span, key, this.#fields[key])
  }

  get ageMillis(): number {
    return performance.now() - this.#started
  }

  /** The connection stands. */
  establish({ protocol: agreed }: Socket): void {
    if (this.established || this.ended) return
    this.established = true
    const protocol = typeof agreed === 'string' && agreed !== '' ? { [ATTRIBUTES.protocol]: agreed } : undefined
    if (protocol !== undefined) this.#span.setAttributes(protocol)
    this.#say({
      level: 'INFO',
      message: 'connection established',
      event: EVENTS.connected,
      fields: { ...this.#fields, ...protocol, [ATTRIBUTES.summaryInterval]: this.#summaryMillis },
      audit: this.#isServer,
    })
  }

  #traceMessages(share: number): MessageTracing {
    return new MessageTracing({ session: this.#span, context: this.context, role: this.role, share })
  }

  /** The other end takes envelopes off messages: from now on they have them. */
  carryContext(): void {
    this.messages ??= this.#traceMessages(0)
    this.messages.carries = true
  }

  /** The first error is the one that is told. */
  fail(error: unknown): void {
    this.#error ??= error
  }

  /** A sign of life: what was counted so far, here and by the application. */
  summarize(): void {
    if (this.ended) return
    this.summaryDue = performance.now() + this.#summaryMillis
    const fields = {
      ...this.#fields,
      [ATTRIBUTES.durationMillis]: Math.round(this.ageMillis),
      [ATTRIBUTES.summaryInterval]: this.#summaryMillis,
      ...fieldScope(this.context)?.closing?.gathered,
      ...this.counts.fields(this.ageMillis),
    }
    this.#say({ level: 'INFO', message: 'session summary', event: EVENTS.summary, fields })
  }

  /** The connection is closed. @returns the name of the close code */
  close(code: unknown, reason: unknown): string {
    const text = reasonText(reason)
    const closeCode = typeof code === 'number' ? code : 1006
    const name = closeName(closeCode)
    const closing = {
      [ATTRIBUTES.closeCode]: closeCode,
      [ATTRIBUTES.closeName]: name,
      ...(text === '' ? undefined : { [ATTRIBUTES.closeReason]: text }),
    }
    if (this.established) this.#end(closeLevel(closeCode, this.#error), 'disconnected', EVENTS.disconnected, closing)
    else this.#end('ERROR', 'connection failed', EVENTS.failed, closing)
    return name
  }

  /** The process stops watching while the connection is still open. */
  leaveOpen(): void {
    this.#end('INFO', 'session left open at shutdown', EVENTS.disconnected, { [ATTRIBUTES.leftOpen]: 'shutdown' })
  }

  #end(level: LevelName, message: string, event: string, closing: Fields): void {
    if (this.ended) return
    this.ended = true
    const scope = fieldScope(this.context)?.closing
    const counts = { ...scope?.gathered, ...this.counts.fields(this.ageMillis) }
    scope?.close()
    for (const [key, value] of Object.entries({ ...counts, ...closing })) setAttribute(this.#span, key, value)
    if (this.#error !== undefined) this.#failSpan(this.#error)
    const durationMillis = Math.round(this.ageMillis * 1000) / 1000
    const fields = { ...this.#fields, [ATTRIBUTES.durationMillis]: durationMillis, ...counts, ...closing }
    const audit = this.#isServer && this.established
    this.#say({ level, message, event, fields, error: this.#error, audit })
    this.#span.end()
  }

  #failSpan(error: unknown): void {
    const { type, message } = errorDetails(error, DEFAULT_SAFETY)
    this.#span.setAttribute(ATTRIBUTES.errorType, errorCode(error) ?? type)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  /** Beginning and end of a server's session are on the audit channel. */
  get #isServer(): boolean {
    return this.role === 'server'
  }

  #say(record: Omit<SpokenRecord, 'context'>): void {
    emitRecord({ ...record, context: this.context })
  }
}

function setAttribute(span: Span, key: string, value: unknown): void {
  if (value !== undefined) span.setAttribute(key, value)
}
