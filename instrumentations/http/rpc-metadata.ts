import type { Context, Span } from '@opentelemetry/api'

/** By the convention of `@opentelemetry/core`, which is not needed for it. */
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

interface RpcMetadata {
  readonly type: 'http'
  readonly span: Span
  route?: unknown
}

/** A request's context in which OpenTelemetry's instrumentations of frameworks find that there is a server span, so that they make none, and where to tell the route. */
export function withRpcMetadata(context: Context, span: Span): Context {
  const metadata: RpcMetadata = { type: 'http', span, route: undefined }
  return context.setValue(RPC_METADATA, metadata)
}

/** The route that one of them has told. */
export function routeInMetadata(context: Context): string | undefined {
  const { route } = context.getValue(RPC_METADATA) as RpcMetadata
  return typeof route === 'string' && route !== '' ? route : undefined
}
