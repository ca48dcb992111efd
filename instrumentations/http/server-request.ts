import { SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { activeContext, fieldScope, type FieldScope } from '../../src/context/index.ts'
import type { LevelName } from '../../src/logging/index.ts'
import { DEFAULT_SAFETY, errorDetails, errorType } from '../../src/values/index.ts'
import * as keys from './attributes.ts'
import type { DurationMetrics } from './duration-metrics.ts'
import { emitRecord, isEnabled, roundedMillis } from './http-record.ts'
import type { HttpSettings } from './http-settings.ts'
import { spanName } from './method.ts'
import { frameworkTold } from './route.ts'
import type { ServerSpan } from './server-span.ts'

/** How a request ended. */
interface Outcome {
  readonly durationMillis: number
  readonly aborted: boolean
  /** Undefined when no answer had begun. */
  readonly status: number | undefined
  readonly route: string | undefined
  readonly errorType: string | undefined
  /** What the handler failed at. */
  readonly error: unknown
}

/** How the connection of a client that goes away shows in the code that still works for it. */
const CLIENT_GONE = new Set([
  'ABORT_ERR',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
])
const TYPE_NAME = /^[\w.$:-]{1,64}$/

/** One request to this process, from its arrival until its answer is out or its client has gone. */
export class ServerRequest {
  readonly context: Context
  readonly #started = performance.now()
  readonly #server: ServerSpan
  readonly #settings: HttpSettings
  readonly #metrics: DurationMetrics
  readonly #scope: FieldScope | undefined
  #closed = false

  constructor(server: ServerSpan, settings: HttpSettings, metrics: DurationMetrics) {
    this.#server = server
    this.context = server.context
    this.#settings = settings
    this.#metrics = metrics
    this.#scope = fieldScope(server.context)
    if (isEnabled(settings.captureReceived))
      emitRecord({ level: settings.captureReceived, message: 'request received', context: server.context })
  }

  /** Whether the running code is part of this request. */
  get isRunning(): boolean {
    return fieldScope(activeContext())?.root === this.#scope
  }

  /** The application's handler threw, and nobody caught it: the process is likely to end before the answer does. */
  crash(): void {
    this.#server.span.setAttribute(keys.ERROR_TYPE, 'uncaught').setStatus({ code: SpanStatusCode.ERROR }).end()
  }

  /** The answer is out, or will never be. */
  close(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed) return
    this.#closed = true
    try {
      const outcome = this.#outcome(request, response)
      this.#record(outcome, request)
      this.#endSpan(outcome)
      this.#measure(outcome)
    } catch (error) {
      this.#settings.onError(error)
    } finally {
      this.#scope?.close()
    }
  }

  #outcome(request: IncomingMessage, response: ServerResponse): Outcome {
    const aborted = !response.writableFinished
    const status = aborted && !response.headersSent ? undefined : response.statusCode
    const bound = this.#scope?.current().fields[keys.ROUTE]
    const told = frameworkTold(request, this.#server.path, status)
    const failed = status !== undefined && status >= 500
    const error = failed || (aborted && isFailure(told.error)) ? told.error : undefined
    return {
      durationMillis: performance.now() - this.#started,
      aborted,
      status,
      route: typeof bound === 'string' ? bound : told.route,
      errorType: typeOf(error) ?? (failed ? String(status) : aborted ? 'aborted' : undefined),
      error,
    }
  }

  #record(outcome: Outcome, request: IncomingMessage): void {
    const { durationMillis, aborted, status, route, error } = outcome
    const slow = durationMillis >= this.#settings.slowMillis
    const level = error === undefined ? levelOf(status, aborted, slow) : 'ERROR'
    if (!isEnabled(level)) return
    const fields: Record<string, unknown> = {
      ...this.#scope?.gathered,
      [keys.DURATION_MILLIS]: roundedMillis(durationMillis),
    }
    if (status !== undefined) fields[keys.STATUS_CODE] = status
    if (route !== undefined) fields[keys.ROUTE] = route
    if (outcome.errorType !== undefined) fields[keys.ERROR_TYPE] = outcome.errorType
    const userAgent = request.headers['user-agent']
    if (userAgent !== undefined) fields[keys.USER_AGENT] = userAgent
    const message = aborted ? 'request aborted' : slow ? 'slow request completed' : 'request completed'
    emitRecord({ level, message, event: keys.API_REQUEST, fields, context: this.context, error })
  }

  #endSpan({ status, route, errorType, error }: Outcome): void {
    const { span, method } = this.#server
    const gathered = this.#scope?.gathered
    for (const key in gathered) span.setAttribute(key, gathered[key])
    if (status !== undefined) span.setAttribute(keys.STATUS_CODE, status)
    if (route !== undefined) span.setAttribute(keys.ROUTE, route).updateName(spanName(method, route))
    if (errorType !== undefined) span.setAttribute(keys.ERROR_TYPE, errorType)
    if (error !== undefined || (status !== undefined && status >= 500)) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  /** Few attributes: the metrics SDK takes half a microsecond for each. */
  #measure({ durationMillis, status, route, errorType }: Outcome): void {
    const { method, scheme } = this.#server
    const attributes: Attributes = { [keys.METHOD]: method, [keys.URL_SCHEME]: scheme }
    if (status !== undefined) attributes[keys.STATUS_CODE] = status
    if (route !== undefined) attributes[keys.ROUTE] = route
    if (errorType !== undefined) attributes[keys.ERROR_TYPE] = errorType
    this.#metrics.recordServer(durationMillis, attributes, this.context)
  }
}

/** Undefined for what is no error, and for a name that could be another each time. */
function typeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  const type = errorType(errorDetails(error, DEFAULT_SAFETY))
  return TYPE_NAME.test(type) ? type : undefined
}

/** Whether the application broke the answer off, rather than its client. */
function isFailure(error: unknown): boolean {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  return !CLIENT_GONE.has(String(code)) && !(Number(statusCode) >= 400 && Number(statusCode) < 500)
}

function levelOf(status: number | undefined, aborted: boolean, slow: boolean): LevelName {
  if (status !== undefined && status >= 500) return 'ERROR'
  return slow || aborted || (status !== undefined && status >= 400) ? 'WARNING' : 'INFO'
}
