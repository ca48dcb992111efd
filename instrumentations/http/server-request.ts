import { SpanStatusCode, type Context } from '@opentelemetry/api'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { activeContext, fieldScope, type FieldScope } from '../../src/context/index.ts'
import { THROWN_UNDEFINED } from '../../src/values/index.ts'
import * as keys from './attributes.ts'
import { requestBodySize, responseBodySize } from './body-size.ts'
import { captureHeaders } from './captured-headers.ts'
import { answerHeader } from './header-line.ts'
import type { ActiveCount, HttpMetrics } from './http-metrics.ts'
import { emitRecord, isEnabled, roundedMillis } from './http-record.ts'
import type { HttpSettings } from './http-settings.ts'
import { spanName } from './method.ts'
import type { OpenRequests } from './open-requests.ts'
import { levelOf, messageOf, outcomeOf, type Outcome } from './request-outcome.ts'
import { routeInMetadata } from './rpc-metadata.ts'
import type { ServerSpan } from './server-span.ts'

/** What the requests of one instrumentation share. */
export interface ServerParts {
  readonly settings: HttpSettings
  readonly metrics: HttpMetrics
  readonly requests: OpenRequests
}

/** The two objects that Node makes of a request. */
export interface Messages {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** The attributes of an outcome, for span and record alike. */
type Fields = Record<string, unknown>

/** One request to this process, from its arrival until its answer is out or its client has gone. */
export class ServerRequest {
  readonly context: Context
  /** Whether the answer's head has the request's id, or is to have none of ours. */
  isAnnounced = false
  readonly #messages: Messages
  readonly #started = performance.now()
  readonly #server: ServerSpan
  readonly #parts: ServerParts
  readonly #scope: FieldScope | undefined
  readonly #active: ActiveCount
  #route: string | undefined
  #error: unknown
  #brokenBy = 'aborted'
  #closed = false

  constructor(server: ServerSpan, parts: ServerParts, messages: Messages) {
    this.#server = server
    this.#messages = messages
    this.context = server.context
    this.#parts = parts
    this.#scope = fieldScope(server.context)
    this.#active = parts.metrics.active(server.method, server.scheme)
    this.#active.count++
    parts.requests.began()
    const level = parts.settings.receivedLevel
    if (isEnabled(level)) emitRecord({ level, message: 'request received', context: server.context })
  }

  get requestId(): string {
    return this.#server.requestId
  }

  get requestIdHeader(): string {
    return this.#parts.settings.requestIdHeader
  }

  /** Whether the running code is part of this request. */
  get isRunning(): boolean {
    return fieldScope(activeContext())?.root === this.#scope
  }

  /** Whether its answer waits behind that to another request on the connection (pipelining): it does not hear of what becomes of that, then. */
  get isWaiting(): boolean {
    return this.#messages.response.socket === null
  }

  /** The route that took it, where a framework tells: a pattern, never the path itself. The last one told is kept; what the application bound wins over it. */
  route(pattern: string): void {
    this.#route = pattern
  }

  /** An error that somebody caught and answered. The first one told stands on the closing record and the span, if no answer went out or the answer is a server error. */
  fail(error: unknown): void {
    if (this.#error === undefined) this.#error = error === undefined ? THROWN_UNDEFINED : error
  }

  /** Why the connection is about to break, where Node breaks it. */
  breakBy(type: string): void {
    this.#brokenBy = type
  }

  /** The answer is out, or will never be. Never throws. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#active.count--
    try {
      this.#tell(this.#messages)
    } catch (error) {
      this.#parts.settings.onError(error)
    } finally {
      this.#scope?.close()
      this.#parts.requests.ended()
    }
  }

  #tell({ request, response }: Messages): void {
    const durationMillis = performance.now() - this.#started
    const { path, method, scheme } = this.#server
    const bound = this.#scope?.current().fields[keys.ROUTE]
    const outcome = outcomeOf(request, response, {
      path,
      route: typeof bound === 'string' ? bound : (this.#route ?? routeInMetadata(this.context)),
      error: this.#error,
      brokenBy: this.#brokenBy,
    })
    const { status, route, errorType } = outcome
    const fields: Fields = { ...this.#scope?.gathered }
    const captured = this.#parts.settings.captured.response
    if (captured !== undefined)
      Object.assign(
        fields,
        captureHeaders(captured, (name) => answerHeader(response, name)),
      )
    if (status !== undefined) fields[keys.STATUS_CODE] = status
    if (route !== undefined) fields[keys.ROUTE] = route
    if (errorType !== undefined) fields[keys.ERROR_TYPE] = errorType
    this.#endSpan(outcome, fields)
    const slow = durationMillis >= this.#parts.settings.slowMillis
    const level = levelOf(outcome, slow)
    if (isEnabled(level)) {
      fields[keys.DURATION_MILLIS] = roundedMillis(durationMillis)
      this.#complete(fields, request, outcome.aborted ? undefined : response)
      const { context } = this
      const message = messageOf(outcome, slow)
      emitRecord({ level, message, event: keys.API_REQUEST, fields, context, error: outcome.error })
    }
    this.#parts.metrics.recordServer(durationMillis, { method, scheme, status, route, errorType }, this.context)
  }

  #endSpan({ status, route, error }: Outcome, fields: Fields): void {
    const { span, method } = this.#server
    for (const key in fields) span.setAttribute(key, fields[key] as string)
    if (route !== undefined) span.updateName(spanName(method, route))
    if (error !== undefined || (status !== undefined && status >= 500)) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  /** What stands on the record alone, or on the span from its beginning. */
  #complete(fields: Fields, request: IncomingMessage, response: ServerResponse | undefined): void {
    Object.assign(fields, this.#server.headers)
    const userAgent = request.headers['user-agent']
    if (userAgent !== undefined) fields[keys.USER_AGENT] = userAgent
    const requestSize = requestBodySize(request)
    if (requestSize !== undefined) fields[keys.REQUEST_SIZE] = requestSize
    const responseSize = response === undefined ? undefined : responseBodySize(response, this.#server.method)
    if (responseSize !== undefined) fields[keys.RESPONSE_SIZE] = responseSize
  }
}
