import { SpanStatusCode, type Attributes, type Context } from '@opentelemetry/api'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { activeContext, fieldScope, type FieldScope } from '../../src/context/index.ts'
import type { LevelName } from '../../src/logging/index.ts'
import * as keys from './attributes.ts'
import type { DurationMetrics } from './duration-metrics.ts'
import { emitRecord, isEnabled, roundedMillis } from './http-record.ts'
import type { HttpSettings } from './http-settings.ts'
import { spanName } from './method.ts'
import { routeInMetadata } from './rpc-metadata.ts'
import { routeOf } from './route.ts'
import type { ServerSpan } from './server-span.ts'

/** How a request ended. */
interface Outcome {
  readonly durationMillis: number
  readonly aborted: boolean
  /** Undefined when no answer had begun. */
  readonly status: number | undefined
  readonly route: string | undefined
  readonly errorType: string | undefined
}

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
    const told = this.#scope?.current().fields[keys.ROUTE]
    return {
      durationMillis: performance.now() - this.#started,
      aborted,
      status,
      route: typeof told === 'string' ? told : (routeInMetadata(this.context) ?? routeOf(request, this.#server.path)),
      errorType: status !== undefined && status >= 500 ? String(status) : aborted ? 'aborted' : undefined,
    }
  }

  #record({ durationMillis, aborted, status, route, errorType }: Outcome, request: IncomingMessage): void {
    const slow = durationMillis >= this.#settings.slowMillis
    const level = levelOf(status, aborted, slow)
    if (!isEnabled(level)) return
    const fields: Record<string, unknown> = {
      ...this.#scope?.gathered,
      [keys.DURATION_MILLIS]: roundedMillis(durationMillis),
    }
    if (status !== undefined) fields[keys.STATUS_CODE] = status
    if (route !== undefined) fields[keys.ROUTE] = route
    if (errorType !== undefined) fields[keys.ERROR_TYPE] = errorType
    const userAgent = request.headers['user-agent']
    if (userAgent !== undefined) fields[keys.USER_AGENT] = userAgent
    const message = aborted ? 'request aborted' : slow ? 'slow request completed' : 'request completed'
    emitRecord({ level, message, event: keys.API_REQUEST, fields, context: this.context })
  }

  #endSpan({ status, route, errorType }: Outcome): void {
    const { span, method } = this.#server
    const gathered = this.#scope?.gathered
    for (const key in gathered) span.setAttribute(key, gathered[key])
    if (status !== undefined) span.setAttribute(keys.STATUS_CODE, status)
    if (route !== undefined) span.setAttribute(keys.ROUTE, route).updateName(spanName(method, route))
    if (errorType !== undefined) span.setAttribute(keys.ERROR_TYPE, errorType)
    if (status !== undefined && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
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

function levelOf(status: number | undefined, aborted: boolean, slow: boolean): LevelName {
  if (status !== undefined && status >= 500) return 'ERROR'
  return slow || aborted || (status !== undefined && status >= 400) ? 'WARNING' : 'INFO'
}
