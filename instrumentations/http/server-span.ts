import {
  defaultTextMapGetter,
  propagation,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import { contextWithFields, fieldScope, ROOT_NODE } from '../../src/context/index.ts'
import * as keys from './attributes.ts'
import { originOf, type Origin } from './forwarded.ts'
import { defaultPort, parseHost } from './host.ts'
import { COMPONENT } from './http-record.ts'
import { captureHeaders } from './captured-headers.ts'
import type { Scheme } from './attribute-sets.ts'
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from './http-settings.ts'
import { knownMethod, OTHER_METHOD, spanName } from './method.ts'
import { requestIdOf } from './request-id.ts'
import { withRpcMetadata } from './rpc-metadata.ts'
import { requestTarget, type RequestTarget } from './request-target.ts'

/** A request to this process, as it begins. */
export interface ServerSpan {
  readonly span: Span
  /** The request's: its fields are bound in it and its span is active. */
  readonly context: Context
  readonly requestId: string
  /** As attributes carry it. */
  readonly method: string
  readonly scheme: Scheme
  readonly path: string
  /** The headers that are to be kept; undefined when there are none. */
  readonly headers: Attributes | undefined
}

/**
 * Begins the span of a request to this process, as a child of the span that the client told of. Whoever calls it ends the span; for a WebSocket's upgrade request that is whoever answers it.
 * The context it makes knows nothing of the running one: a request belongs to its client, not to the code that once called `listen()`.
 * @param target the request's path and query, where the caller has taken them apart already
 */
export function startServerSpan(
  request: IncomingMessage,
  settings: HttpSettings = DEFAULT_HTTP_SETTINGS,
  target: RequestTarget = requestTarget(request.url),
): ServerSpan {
  const method = knownMethod(request.method)
  const origin = originOf(request, settings.trust)
  const requestId = requestIdOf(request.headers[settings.requestIdHeader])
  const { path } = target
  const fields = {
    [keys.REQUEST_ID]: requestId,
    [keys.METHOD]: method,
    [keys.URL_PATH]: path,
    [keys.CLIENT_ADDRESS]: origin.clientAddress,
  }
  const around = contextWithFields(
    propagation.extract(ROOT_NODE, request.headers, defaultTextMapGetter),
    fields,
    'request',
  )
  const userAgent = request.headers['user-agent']
  if (userAgent !== undefined) fieldScope(around)?.tellAudit({ [keys.USER_AGENT]: userAgent })
  const options = { kind: SpanKind.SERVER, attributes: spanAttributes(request, method, origin, target) }
  const span = trace.getTracer(COMPONENT).startSpan(spanName(method), options, around)
  const captured = settings.captured.request
  const headers = captured === undefined ? undefined : captureHeaders(captured, (name) => request.headers[name])
  if (headers !== undefined) span.setAttributes(headers)
  const context = withRpcMetadata(trace.setSpan(around, span), span)
  return { span, context, requestId, method, scheme: origin.scheme, path, headers }
}

function spanAttributes(
  request: IncomingMessage,
  method: string,
  origin: Origin,
  { path, query }: RequestTarget,
): Attributes {
  const attributes: Attributes = {
    [keys.METHOD]: method,
    [keys.URL_PATH]: path,
    [keys.URL_SCHEME]: origin.scheme,
    [keys.PROTOCOL_VERSION]: request.httpVersionMajor === 1 ? request.httpVersion : String(request.httpVersionMajor),
  }
  if (origin.clientAddress !== undefined) attributes[keys.CLIENT_ADDRESS] = origin.clientAddress
  if (origin.host !== undefined) {
    const { address, port } = parseHost(origin.host)
    attributes[keys.SERVER_ADDRESS] = address
    attributes[keys.SERVER_PORT] = port ?? defaultPort(origin.scheme)
  }
  const userAgent = request.headers['user-agent']
  if (userAgent !== undefined) attributes[keys.USER_AGENT] = userAgent
  if (query !== undefined) attributes[keys.URL_QUERY] = query
  if (origin.peerAddress !== undefined) attributes[keys.PEER_ADDRESS] = origin.peerAddress
  if (method === OTHER_METHOD && request.method !== undefined) attributes[keys.METHOD_ORIGINAL] = request.method
  return attributes
}
