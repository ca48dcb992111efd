import type { TextMapSetter } from '@opentelemetry/api'
import type { ClientRequest } from 'node:http'
import { injectContext, runInContext } from '../../src/context/index.ts'
import { beginClientSession } from './client-session.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import { countSent } from './sent-count.ts'
import type { Session } from './session.ts'
import type { Socket, SocketClass } from './ws.ts'

/** Makes all sockets of a class of `ws` run their handlers in their session's context, and count. */
export function patchSocketClass({ prototype }: SocketClass, sessions: OpenSessions): Restore {
  const restores = [
    patchMethod(prototype, 'emit', (next) => inSession(next, sessions)),
    patchMethod(prototype, 'send', (next) => countSent(next, sessions)),
    watchRequest(prototype, sessions),
  ]
  return () => {
    for (const restore of restores) restore()
  }
}

/** All handlers are reached through `emit`, whichever way they were registered. */
function inSession(next: () => Method, sessions: OpenSessions): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const session = sessions.of(this as Socket)
    if (session === undefined || session.ended) return Reflect.apply(next(), this, args)
    quietly(() => observe(session, this as Socket, args))
    try {
      return runInContext(session.context, () => Reflect.apply(next(), this, args))
    } finally {
      // After the handlers, so that what they bind is on the closing record.
      if (args[0] === 'close') quietly(() => sessions.close(session, args[1], args[2]))
    }
  }
}

function observe(session: Session, socket: Socket, [event, argument]: unknown[]): void {
  if (event === 'message') session.received(argument)
  else if (event === 'error') session.fail(argument)
  else if (event === 'open') session.establish(socket)
}

/**
 * A client socket keeps its upgrade request under `_req`, set once in the constructor: there the caller's context is still active, and the request not yet sent. The property
 * becomes the socket's own at once, as without us.
 */
function watchRequest(prototype: Socket, sessions: OpenSessions): Restore {
  if (Object.hasOwn(prototype, '_req')) return () => {}
  const set = function (this: Socket, request: ClientRequest): void {
    Object.defineProperty(this, '_req', { value: request, writable: true, enumerable: true, configurable: true })
    quietly(() => {
      const { context } = beginClientSession(sessions, this)
      if (!request.headersSent) injectContext(context, request, ABSENT_HEADERS)
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
