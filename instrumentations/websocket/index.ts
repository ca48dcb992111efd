import type { Instrumentation } from '../instrumentation.ts'
import { WebSocketInstrumentation } from './websocket-instrumentation.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

export { ATTRIBUTES as WEBSOCKET_ATTRIBUTES, EVENTS as WEBSOCKET_EVENTS } from './attributes.ts'
export type { WebSocketSettings } from './websocket-settings.ts'

/** Sessions of `ws` 8 servers and clients: a span from upgrade to close, records of both ends, handlers in the session's context. */
export function createWebSocketInstrumentation(settings: WebSocketSettings = {}): Instrumentation {
  return new WebSocketInstrumentation(settings)
}
