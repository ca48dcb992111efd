import type { TextMapSetter } from '@opentelemetry/api'
import type { ClientRequest } from 'node:http'
import { injectContext } from '../../src/context/index.ts'
import type { Restore } from '../method-patch.ts'
import { beginClientSession } from './client-session.ts'
import { CONTEXT_HEADER, CONTEXT_VERSION } from './context-agreement.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { Socket } from './ws.ts'

/**
 * A client socket keeps its upgrade request under `_req`, set once in the constructor: there the caller's context is still active, and the request not yet sent. The property
 * becomes the socket's own at once, as without us.
 */
export function watchRequests(prototype: object, sessions: OpenSessions, settings: WebSocketSettings): Restore {
  if (Object.hasOwn(prototype, '_req')) return () => {}
  const set = function (this: Socket, request: ClientRequest): void {
    Object.defineProperty(this, '_req', { value: request, writable: true, enumerable: true, configurable: true })
    quietly(() => {
      const session = beginClientSession(sessions, this)
      if (session === undefined || request.headersSent) return
      injectContext(session.context, request, ABSENT_HEADERS)
      if (settings.messageContext === true) ABSENT_HEADERS.set(request, CONTEXT_HEADER, CONTEXT_VERSION)
    })
  }
  Object.defineProperty(prototype, '_req', { configurable: true, enumerable: false, get: () => undefined, set })
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, '_req')?.set === set) Reflect.deleteProperty(prototype, '_req')
  }
}

/** Where the HTTP instrumentation has told the server of its span already, that one stands between. */
const ABSENT_HEADERS: TextMapSetter<ClientRequest> = {
  set(request, name, value) {
    if (!request.hasHeader(name)) request.setHeader(name, value)
  },
}
