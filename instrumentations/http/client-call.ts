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
import { THROWN_UNDEFINED } from '../../src/values/index.ts'
import * as keys from './attributes.ts'
import { captureHeaders, type CapturedHeader } from './captured-headers.ts'
import { clientErrorType, endingOf } from './client-ending.ts'
import { defaultPort, type Host } from './host.ts'
import type { Scheme } from './attribute-sets.ts'
import type { HttpMetrics } from './http-metrics.ts'
import { COMPONENT, emitRecord, isEnabled, roundedMillis } from './http-record.ts'
import type { HttpSettings } from './http-settings.ts'
import { knownMethod, OTHER_METHOD, spanName } from './method.ts'
import type { OpenCall, OpenCalls } from './open-calls.ts'
import { requestTarget, type RequestTarget } from './request-target.ts'

/** Where a call goes, as its library tells. */
export interface ClientTarget {
  readonly method: string
  readonly scheme: Scheme
  /** Its port is undefined where it is not known. */
  readonly host: Host
  /** Who is called in its URL, where that is not the address: of a local socket, that is a path. */
  readonly localName?: string
  /** Path and query. */
  readonly target: string
}

/** What the calls of one instrumentation share. */
export interface ClientParts {
  readonly settings: HttpSettings
  readonly metrics: HttpMetrics
  readonly open: OpenCalls
}

/** Reads one header of a message, by its name in lower case. */
export type ReadHeader = (name: string) => unknown

/** Who is called. */
interface Callee {
  readonly [keys.METHOD]: string
  readonly [keys.SERVER_ADDRESS]: string
  readonly [keys.SERVER_PORT]?: number
}

/** One request that this process makes, from its start until its answer's body has come. */
export class ClientCall implements OpenCall {
  readonly startedMillis = performance.now()
  readonly #parts: ClientParts
  readonly #caller: Context
  readonly #context: Context
  readonly #span: Span
  /** Who is called, for span and record alike. */
  #callee: Callee
  readonly #client: ClientTarget
  readonly #path: string
  /** The headers that are to be kept; undefined when there are none. */
  #headers: Attributes | undefined
  #status: number | undefined
  #error: unknown
  #ended = false

  constructor(caller: Context, client: ClientTarget, parts: ClientParts) {
    const { path, query } = requestTarget(client.target)
    const { address, port } = client.host
    const method = knownMethod(client.method)
    this.#parts = parts
    this.#caller = caller
    this.#path = path
    this.#client = client
    this.#callee = { [keys.METHOD]: method, [keys.SERVER_ADDRESS]: address }
    if (port !== undefined) this.#callee = { ...this.#callee, [keys.SERVER_PORT]: port }
    const attributes: Attributes = {
      ...this.#callee,
      [keys.URL_FULL]: fullUrl(client, port, { path, query }),
      [keys.URL_PATH]: path,
      [keys.URL_SCHEME]: client.scheme,
    }
    if (method === OTHER_METHOD) attributes[keys.METHOD_ORIGINAL] = client.method
    const service = parts.settings.serviceName(address)
    if (service !== undefined) attributes[keys.SERVICE] = service
    this.#span = trace.getTracer(COMPONENT).startSpan(spanName(method), { kind: SpanKind.CLIENT, attributes }, caller)
    this.#context = trace.setSpan(caller, this.#span)
    parts.open.add(this)
  }

  /** Gives the request what the other side needs to belong to the same trace and, where it may know that, request. */
  propagate<C>(carrier: C, setter: TextMapSetter<C>, has: (name: string) => boolean): void {
    injectContext(this.#context, carrier, setter)
    const { requestIdHeader, mayKnowRequestId } = this.#parts.settings
    const host = this.#client.localName ?? this.#client.host.address
    const requestId = fieldScope(this.#caller)?.current().fields[keys.REQUEST_ID]
    if (typeof requestId !== 'string' || !mayKnowRequestId(host) || has(requestIdHeader)) return
    setter.set(carrier, requestIdHeader, requestId)
  }

  /** The request is as it will be sent. */
  sending(read: ReadHeader): void {
    this.#capture(this.#parts.settings.captured.clientRequest, read)
  }

  /** Whether nothing has told yet which port is called. */
  get lacksPort(): boolean {
    return this.#callee[keys.SERVER_PORT] === undefined
  }

  /** The port to which the request's connection goes. */
  connectedTo(port: number): void {
    if (this.#ended) return
    this.#callee = { ...this.#callee, [keys.SERVER_PORT]: port }
    const url = fullUrl(this.#client, port, requestTarget(this.#client.target))
    this.#span.setAttributes({ [keys.SERVER_PORT]: port, [keys.URL_FULL]: url })
  }

  /** The answer has begun. */
  answered(status: number | undefined, read: ReadHeader): void {
    if (this.#ended) return
    this.#status = status
    this.#capture(this.#parts.settings.captured.clientResponse, read)
  }

  #capture(captured: readonly CapturedHeader[] | undefined, read: ReadHeader): void {
    if (captured !== undefined) this.#headers = { ...this.#headers, ...captureHeaders(captured, read) }
  }

  /** Something went wrong; `end` tells it. */
  failed(error: unknown): void {
    if (this.#error === undefined) this.#error = error === undefined ? THROWN_UNDEFINED : error
  }

  giveUp(): void {
    this.#end(true)
  }

  /** Nothing more will come. */
  end(): void {
    this.#end(false)
  }

  #end(unfinished: boolean): void {
    if (this.#ended) return
    this.#ended = true
    this.#parts.open.delete(this)
    const durationMillis = performance.now() - this.startedMillis
    const errorType = unfinished ? undefined : this.#errorType()
    const told: Attributes = { ...this.#headers }
    if (this.#status !== undefined) told[keys.STATUS_CODE] = this.#status
    if (errorType !== undefined) told[keys.ERROR_TYPE] = errorType
    if (unfinished) told[keys.UNFINISHED] = true
    this.#record(durationMillis, told)
    this.#span.setAttributes(told)
    if (errorType !== undefined) this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#span.end()
    this.#measure(durationMillis, errorType)
  }

  #errorType(): string | undefined {
    if (this.#error !== undefined) return clientErrorType(this.#error)
    return this.#status !== undefined && this.#status >= 400 ? String(this.#status) : undefined
  }

  #record(durationMillis: number, told: Attributes): void {
    const ending = endingOf({
      status: this.#status,
      failed: this.#error !== undefined || this.#status === undefined,
      unfinished: told[keys.UNFINISHED] === true,
      slow: durationMillis >= this.#parts.settings.slowMillis,
    })
    if (!isEnabled(ending.level)) return
    const address = this.#callee[keys.SERVER_ADDRESS]
    const fields = {
      ...this.#callee,
      [keys.URL_PATH]: this.#path,
      [keys.SERVICE]: this.#parts.settings.serviceName(address) ?? address,
      [keys.ENDPOINT]: this.#path,
      [keys.DURATION_MILLIS]: roundedMillis(durationMillis),
      ...told,
    }
    emitRecord({ ...ending, event: keys.EXTERNAL_API_CALL, fields, context: this.#context, error: this.#error })
  }

  #measure(durationMillis: number, errorType: string | undefined): void {
    const { [keys.METHOD]: method, [keys.SERVER_ADDRESS]: address, [keys.SERVER_PORT]: port } = this.#callee
    const measured = { method, scheme: this.#client.scheme, status: this.#status, errorType, address, port }
    this.#parts.metrics.recordClient(durationMillis, measured, this.#context)
  }
}

function fullUrl(client: ClientTarget, port: number | undefined, { path, query }: RequestTarget): string {
  const { scheme, host, localName = host.address } = client
  const name = localName.includes(':') ? `[${localName}]` : localName
  const shownPort = port === undefined || port === defaultPort(scheme) ? '' : `:${port}`
  return `${scheme}://${name}${shownPort}${path}${query === undefined ? '' : `?${query}`}`
}
