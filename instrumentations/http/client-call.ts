import {
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type TextMapSetter,
} from '@opentelemetry/api'
import { fieldScope, injectContext } from '../../src/context/index.ts'
import type { LevelName } from '../../src/logging/index.ts'
import * as keys from './attributes.ts'
import type { DurationMetrics } from './duration-metrics.ts'
import { defaultPort, type Host } from './host.ts'
import { COMPONENT, emitRecord, isEnabled, roundedMillis } from './http-record.ts'
import type { HttpSettings } from './http-settings.ts'
import { knownMethod, OTHER_METHOD, spanName } from './method.ts'
import { requestTarget } from './request-target.ts'

/** Where a call goes, as its library tells. */
export interface ClientTarget {
  readonly method: string
  readonly scheme: string
  readonly host: Host
  /** Path and query. */
  readonly target: string
}

/** What the calls of one instrumentation share. */
export interface ClientParts {
  readonly settings: HttpSettings
  readonly metrics: DurationMetrics
}

/** One request that this process makes, from its start until its answer's body has come. */
export class ClientCall {
  readonly #parts: ClientParts
  readonly #started = performance.now()
  readonly #caller: Context
  readonly #context: Context
  readonly #span: Span
  /** Who is called, for span, record and metric alike. */
  readonly #callee: Attributes
  readonly #path: string
  readonly #scheme: string
  #status: number | undefined
  #error: unknown
  #ended = false

  constructor(caller: Context, client: ClientTarget, parts: ClientParts) {
    const { path, query } = requestTarget(client.target)
    const { address, port = defaultPort(client.scheme) } = client.host
    const method = knownMethod(client.method)
    this.#parts = parts
    this.#caller = caller
    this.#path = path
    this.#scheme = client.scheme
    this.#callee = { [keys.METHOD]: method, [keys.SERVER_ADDRESS]: address, [keys.SERVER_PORT]: port }
    const full = fullUrl(client, path, query)
    const original = method === OTHER_METHOD ? { [keys.METHOD_ORIGINAL]: client.method } : undefined
    const attributes: Attributes = {
      ...this.#callee,
      [keys.URL_FULL]: full,
      [keys.URL_PATH]: path,
      [keys.URL_SCHEME]: client.scheme,
      ...original,
    }
    this.#span = trace.getTracer(COMPONENT).startSpan(spanName(method), { kind: SpanKind.CLIENT, attributes }, caller)
    this.#context = trace.setSpan(caller, this.#span)
  }

  /** Gives the request what the other side needs to belong to the same trace and request. */
  propagate<C>(carrier: C, setter: TextMapSetter<C>, has: (name: string) => boolean): void {
    injectContext(this.#context, carrier, setter)
    const { requestIdHeader } = this.#parts.settings
    const requestId = fieldScope(this.#caller)?.current().fields[keys.REQUEST_ID]
    if (typeof requestId === 'string' && !has(requestIdHeader)) setter.set(carrier, requestIdHeader, requestId)
  }

  /** The answer has begun. */
  answered(status: number | undefined): void {
    this.#status = status
  }

  /** Something went wrong; `end` tells it. */
  failed(error: unknown): void {
    this.#error ??= error
  }

  /** Nothing more will come. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    const durationMillis = performance.now() - this.#started
    const errorType = this.#errorType()
    this.#record(durationMillis, errorType)
    this.#endSpan(errorType)
    const attributes: Attributes = { ...this.#callee, [keys.URL_SCHEME]: this.#scheme }
    if (this.#status !== undefined) attributes[keys.STATUS_CODE] = this.#status
    if (errorType !== undefined) attributes[keys.ERROR_TYPE] = errorType
    this.#parts.metrics.recordClient(durationMillis, attributes, this.#context)
  }

  #errorType(): string | undefined {
    if (this.#error !== undefined) return typeOf(this.#error)
    return this.#status !== undefined && this.#status >= 400 ? String(this.#status) : undefined
  }

  #record(durationMillis: number, errorType: string | undefined): void {
    const slow = durationMillis >= this.#parts.settings.slowMillis
    const failed = this.#error !== undefined || this.#status === undefined
    // Once an answer has begun it is mostly the caller who breaks off: a stream that has told enough.
    const broken = failed && this.#status !== undefined
    const level: LevelName =
      failed && !broken ? 'ERROR' : broken || slow || (this.#status ?? 0) >= 400 ? 'WARNING' : 'INFO'
    if (!isEnabled(level)) return
    const fields: Record<string, unknown> = {
      ...this.#callee,
      [keys.URL_PATH]: this.#path,
      [keys.DURATION_MILLIS]: roundedMillis(durationMillis),
    }
    if (this.#status !== undefined) fields[keys.STATUS_CODE] = this.#status
    if (errorType !== undefined) fields[keys.ERROR_TYPE] = errorType
    const subject = slow && !failed ? 'slow external API call' : 'external API call'
    const message = broken ? `${subject} broken off` : failed ? `${subject} failed` : subject
    emitRecord({ level, message, event: keys.EXTERNAL_API_CALL, fields, context: this.#context, error: this.#error })
  }

  #endSpan(errorType: string | undefined): void {
    const span = this.#span
    if (this.#status !== undefined) span.setAttribute(keys.STATUS_CODE, this.#status)
    if (errorType !== undefined) span.setAttribute(keys.ERROR_TYPE, errorType).setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }
}

function fullUrl({ scheme, host }: ClientTarget, path: string, query: string | undefined): string {
  const address = host.address.includes(':') ? `[${host.address}]` : host.address
  const port = host.port === undefined || host.port === defaultPort(scheme) ? '' : `:${host.port}`
  return `${scheme}://${address}${port}${path}${query === undefined ? '' : `?${query}`}`
}

/** The code where Node or undici gives one (`ECONNREFUSED`), else the error's name. */
function typeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return typeof name === 'string' && name !== '' ? name : 'Error'
}
