import { activeContext, runInContext, SUPPRESSED } from '../../src/context/index.ts'
import { patchHotMethod, patchMethod, type HotPatch, type Method, type Restore } from '../method-patch.ts'
import { acceptsContext, confirmContext, isConfirmation } from './context-agreement.ts'
import { receiveTraced, sendTraced } from './message-passing.ts'
import { messageSize } from './message-size.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { Session } from './session.ts'
import { LEFT_OUT, SESSION, sessionOf, type Marked } from './session-mark.ts'
import { PING, PONG } from './traffic.ts'
import { watchRequests } from './client-request.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import { OPEN, type LoadedClass, type Socket, type WsSocket } from './ws.ts'

/** Makes all sockets of a class of `ws` run their handlers in their session's context, and count. */
export function patchSocketClass(
  { prototype }: LoadedClass,
  sessions: OpenSessions,
  settings: WebSocketSettings,
): Restore {
  const restores = [
    patchHotMethod(prototype, 'emit', (next, patch) => emitInSession(next, sessions, patch)),
    patchHotMethod(prototype, 'send', countSent),
    patchMethod(prototype, 'ping', (next) => countControl(next, (session, data) => session.counts.ping(data))),
    patchMethod(prototype, 'pong', (next) => countControl(next, countPong)),
    watchRequests(prototype, sessions, settings),
  ]
  return () => {
    for (const restore of restores) restore()
  }
}

/**
 * Makes what reads a socket's bytes run in the session's context: entered once for all messages that arrive together. Their handlers are brought into it in any case: a compressed message comes
 * out of a queue that all sockets share.
 */
export function patchReceiverClass({ prototype }: LoadedClass): Restore {
  return patchHotMethod(prototype, '_write', (next, patch) => {
    return function (this: unknown, chunk: unknown, encoding: unknown, done: unknown): unknown {
      const session = (this as Marked)[SESSION]
      if (session === undefined || session.ended || !patch.active || activeContext() === session.context)
        return next().call(this, chunk, encoding, done)
      return session.fromConnection.run(next(), this, chunk, encoding, done)
    }
  })
}

/** All handlers are reached through `emit`, whichever way they were registered. The way of a message is short: nothing is collected into lists. */
function emitInSession(next: () => Method, sessions: OpenSessions, patch: HotPatch): Method {
  return function (this: unknown, event: unknown, data: unknown, isBinary: unknown): unknown {
    const session = (this as Marked)[SESSION]
    if (session === undefined || session.ended || !patch.active) {
      if (!patch.active || (this as Marked)[LEFT_OUT] !== true) return Reflect.apply(next(), this, arguments)
      return runInContext(SUPPRESSED, Reflect.apply, next(), this, arguments)
    }
    // Of version 7 a message has no second argument.
    const isPlain = event === 'message' && typeof isBinary === 'boolean' && session.messages === undefined
    if (!isPlain) return emitEvent(next(), this as WsSocket, [...arguments], { session, sessions })
    session.counts.receive(data, isBinary)
    if (activeContext() === session.context) return next().call(this, event, data, isBinary)
    return runInContext(session.context, () => next().call(this, event, data, isBinary))
  }
}

function emitTraced(next: Method, socket: unknown, args: unknown[], session: Session): unknown {
  const [event, data, ...rest] = args
  return receiveTraced(session, { data, isBinary: rest[0] }, (given) =>
    Reflect.apply(next, socket, [event, given, ...rest]),
  )
}

interface Watched {
  readonly session: Session
  readonly sessions: OpenSessions
}

function emitEvent(next: Method, socket: WsSocket, args: unknown[], { session, sessions }: Watched): unknown {
  const [event, first, second] = args
  if (event === 'message') return emitTraced(next, socket, args, session)
  if (event === 'pong' && awaitsConfirmation(session, sessions) && isConfirmation(first)) {
    quietly(() => session.carryContext())
    return false
  }
  quietly(() => observe(socket, args, { session, sessions }))
  try {
    return runInContext(session.context, Reflect.apply, next, socket, args)
  } finally {
    // After the handlers, so that what they bind is on the closing record.
    if (event === 'close') quietly(() => sessions.close(session, first, second))
  }
}

/** Only where the client has offered envelopes and was told that they are accepted: else any peer could switch them on. */
function awaitsConfirmation({ isContextAccepted, messages }: Session, { carriesContext }: OpenSessions): boolean {
  return isContextAccepted && carriesContext && messages?.carries !== true
}

function observe(socket: WsSocket, [event, first]: unknown[], { session, sessions }: Watched): void {
  if (event === 'error') session.fail(first)
  else if (event === 'ping') session.counts.received.add(PING, messageSize(first))
  else if (event === 'pong') {
    const millis = session.counts.pong(first)
    if (millis !== undefined) sessions.metrics.pinged(millis, session.role, session.context)
  } else if (event === 'open') {
    sessions.establish(session, socket)
    if (session.messages?.carries === true) confirmContext(socket)
  } else if (event === 'upgrade' && sessions.carriesContext && acceptsContext(first)) session.carryContext()
}

/** Counts what a socket sends while it is open. */
function countSent(next: () => Method, patch: HotPatch): Method {
  return function (this: unknown, data: unknown, options: unknown): unknown {
    const session = (this as Marked)[SESSION]
    if (session === undefined || session.ended || !patch.active || (this as Socket).readyState !== OPEN)
      return Reflect.apply(next(), this, arguments)
    if (session.messages !== undefined) return sendTraced(next(), this as Socket, [...arguments], session)
    const result: unknown = Reflect.apply(next(), this, arguments)
    session.counts.send(data, options, this as Socket)
    return result
  }
}

function countControl(next: () => Method, count: (session: Session, data: unknown) => void): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const session = sessionOf(this as Socket)
    const isOpen = session !== undefined && !session.ended && (this as Socket).readyState === OPEN
    const result: unknown = Reflect.apply(next(), this, args)
    if (isOpen) quietly(() => count(session, typeof args[0] === 'function' ? undefined : args[0]))
    return result
  }
}

/** Also those that `ws` sends by itself, as answers. */
function countPong({ counts }: Session, data: unknown): void {
  if (!isConfirmation(data)) counts.sent.add(PONG, messageSize(data))
}
