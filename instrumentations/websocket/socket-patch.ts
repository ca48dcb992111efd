import type { ClientRequest } from 'node:http'
import { runInContext } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from './method-patch.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { Session } from './session.ts'
import { OPEN, type Socket, type SocketClass } from './ws.ts'

/** Begins the session of a client socket, from its upgrade request. */
export type BeginClient = (socket: Socket, request: ClientRequest) => void

/** Makes all sockets of a class run their handlers in their session's context, and count. */
export function patchSocketClass({ prototype }: SocketClass, sessions: OpenSessions, beginClient: BeginClient): Restore {
  const restores = [
    patchMethod(prototype, 'emit', (original) => inSession(original, sessions)),
    patchMethod(prototype, 'send', (original) => counted(original, sessions)),
    watchRequest(prototype, beginClient),
  ]
  return () => {
    for (const restore of restores) restore()
  }
}

/** All handlers are reached through `emit`, whichever way they were registered. */
function inSession(original: Method, sessions: OpenSessions): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const session = sessions.of(this as Socket)
    if (session === undefined || session.ended) return Reflect.apply(original, this, args)
    quietly(() => observe(session, this as Socket, args))
    try {
      return runInContext(session.context, () => Reflect.apply(original, this, args))
    } catch (error) {
      session.fail(error)
      throw error
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

function counted(original: Method, sessions: OpenSessions): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const session = sessions.of(this as Socket)
    const open = session !== undefined && (this as Socket).readyState === OPEN
    const result: unknown = Reflect.apply(original, this, args)
    if (open) quietly(() => session.sent(args[0], (args[1] as { fin?: unknown } | undefined)?.fin !== false))
    return result
  }
}

/**
 * A client socket keeps its upgrade request under `_req`, set once in the constructor: there the caller's context is still active, and the request not yet sent. The property
 * becomes the socket's own at once, as without us.
 */
function watchRequest(prototype: Socket, beginClient: BeginClient): Restore {
  if (Object.hasOwn(prototype, '_req')) return () => {}
  const set = function (this: Socket, request: ClientRequest): void {
    Object.defineProperty(this, '_req', { value: request, writable: true, enumerable: true, configurable: true })
    quietly(() => beginClient(this, request))
  }
  Object.defineProperty(prototype, '_req', { configurable: true, enumerable: false, get: () => undefined, set })
  return () => {
    if (Object.getOwnPropertyDescriptor(prototype, '_req')?.set === set) Reflect.deleteProperty(prototype, '_req')
  }
}
