import { SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import { fieldScope } from '../../src/context/index.ts'
import type { LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { DEFAULT_SAFETY, errorDetails } from '../../src/values/index.ts'
import type { SpokenRecord } from '../speaker.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import { messageSize } from './message-size.ts'
import { emitRecord } from './session-record.ts'
import type { Socket } from './ws.ts'

/** What a session begins with. */
export interface SessionStart {
  readonly span: Span
  /** The context around the session; its span is made active in it. */
  readonly context: Context
  /** What is told of the peer, on the span and on the first and last record. */
  readonly fields: Fields
}

/** The books of one connection, from upgrade to close: counts only, so nothing grows with its messages. */
export class Session {
  /** Everything that happens in the session runs in it. */
  readonly context: Context
  readonly #span: Span
  readonly #fields: Fields
  readonly #started = performance.now()
  #received = 0
  #sent = 0
  #receivedBytes = 0
  #sentBytes = 0
  #error: unknown
  #established = false
  #ended = false

  constructor({ span, context, fields }: SessionStart) {
    this.#span = span
    this.#fields = fields
    this.context = trace.setSpan(context, span)
    for (const key in fields) setAttribute(span, key, fields[key])
  }

  get ended(): boolean {
    return this.#ended
  }

  get ageMillis(): number {
    return performance.now() - this.#started
  }

  /** The connection stands. */
  establish(socket: Socket): void {
    if (this.#established || this.#ended) return
    this.#established = true
    const protocol =
      typeof socket.protocol === 'string' && socket.protocol !== ''
        ? { [ATTRIBUTES.protocol]: socket.protocol }
        : undefined
    if (protocol !== undefined) this.#span.setAttributes(protocol)
    this.#say({
      level: 'INFO',
      message: 'connection established',
      event: EVENTS.connected,
      fields: { ...this.#fields, ...protocol },
      audit: this.#isServer,
    })
  }

  received(data: unknown): void {
    this.#received++
    this.#receivedBytes += messageSize(data)
  }

  /** @param last false for a fragment that others follow */
  sent(data: unknown, last: boolean): void {
    if (last) this.#sent++
    this.#sentBytes += messageSize(data)
  }

  /** The first error is the one that is told. */
  fail(error: unknown): void {
    this.#error ??= error
  }

  /** A sign of life: the counts so far. */
  summarize(): void {
    if (this.#ended) return
    const fields = { ...this.#fields, [ATTRIBUTES.durationMillis]: Math.round(this.ageMillis), ...this.#counts() }
    this.#say({ level: 'INFO', message: 'session summary', event: EVENTS.summary, fields })
  }

  /** The connection is closed. */
  close(code: unknown, reason: unknown): void {
    const text = reasonText(reason)
    const closeCode = typeof code === 'number' ? code : 1006
    const closing = {
      [ATTRIBUTES.closeCode]: closeCode,
      ...(text === '' ? undefined : { [ATTRIBUTES.closeReason]: text }),
    }
    if (this.#established) this.#end(closeLevel(closeCode, this.#error), 'disconnected', EVENTS.disconnected, closing)
    else this.#end('ERROR', 'connection failed', EVENTS.failed, closing)
  }

  /** The process stops watching while the connection is still open. */
  leaveOpen(): void {
    this.#end('INFO', 'session left open at shutdown', EVENTS.disconnected, { [ATTRIBUTES.leftOpen]: 'shutdown' })
  }

  #end(level: LevelName, message: string, event: string, closing: Fields): void {
    if (this.#ended) return
    this.#ended = true
    const scope = fieldScope(this.context)?.closing
    const counts = { ...scope?.gathered, ...this.#counts() }
    scope?.close()
    for (const [key, value] of Object.entries({ ...counts, ...closing })) setAttribute(this.#span, key, value)
    if (this.#error !== undefined) this.#failSpan(this.#error)
    const durationMillis = Math.round(this.ageMillis * 1000) / 1000
    const fields = { ...this.#fields, [ATTRIBUTES.durationMillis]: durationMillis, ...counts, ...closing }
    const audit = this.#isServer && this.#established
    this.#say({ level, message, event, fields, error: this.#error, audit })
    this.#span.end()
  }

  #failSpan(error: unknown): void {
    const { type, message } = errorDetails(error, DEFAULT_SAFETY)
    this.#span.setAttribute(ATTRIBUTES.errorType, errorCode(error) ?? type)
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  #counts(): Record<string, number> {
    return {
      [ATTRIBUTES.messagesReceived]: this.#received,
      [ATTRIBUTES.messagesSent]: this.#sent,
      [ATTRIBUTES.bytesReceived]: this.#receivedBytes,
      [ATTRIBUTES.bytesSent]: this.#sentBytes,
    }
  }

  /** Beginning and end of a server's session are on the audit channel. */
  get #isServer(): boolean {
    return this.#fields[ATTRIBUTES.role] === 'server'
  }

  #say(record: Omit<SpokenRecord, 'context'>): void {
    emitRecord({ ...record, context: this.context })
  }
}

function setAttribute(span: Span, key: string, value: unknown): void {
  if (value !== undefined) span.setAttribute(key, value)
}

function reasonText(reason: unknown): string {
  if (Buffer.isBuffer(reason)) return reason.toString()
  return typeof reason === 'string' ? reason : ''
}

function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

/** The peer's fault, or the network's. */
const FOREIGN_ERROR = /^(WS_ERR_|ECONNRESET$|EPIPE$|ETIMEDOUT$)/

/** A lost network (1006 without an error) is daily business of a server with phones; a close code that names a failure is not. */
function closeLevel(code: number, error: unknown): LevelName {
  if (error !== undefined) return FOREIGN_ERROR.test(errorCode(error) ?? '') ? 'WARNING' : 'ERROR'
  return code === 1002 || code === 1003 || (code >= 1007 && code <= 1014) ? 'WARNING' : 'INFO'
}
