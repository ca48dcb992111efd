import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { runInContext } from '../../src/context/index.ts'
import { beginClientSession } from './client-session.ts'
import { receiveTraced, sendTraced } from './message-passing.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { Session } from './session.ts'
import { sessionOf } from './session-mark.ts'
import { OPEN, type Socket, type WsSocket } from './ws.ts'

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const ABNORMAL_CLOSURE = 1006
const REQUEST = 'undici:request:create'

type SocketEvent = Event & {
  readonly data?: unknown
  readonly error?: unknown
  readonly message?: string
  readonly code?: number
  readonly reason?: string
}

/**
 * Watches the WebSocket client that is built into Node. It is loaded when first used; so its class is patched at the first upgrade request it makes, which is before any of its events.
 */
export function patchBuiltin(sessions: OpenSessions): Restore {
  const restores: Restore[] = []
  const hear = (message: unknown): void => {
    quietly(() => {
      const { upgrade } = (message as { request: { upgrade?: unknown } }).request
      if (upgrade !== 'websocket' || restores.length > 0 || typeof globalThis.WebSocket !== 'function') return
      const { prototype } = globalThis.WebSocket
      restores.push(
        patchMethod(prototype, 'dispatchEvent', (next) => inSession(next, sessions)),
        patchMethod(prototype, 'send', countSent),
      )
    })
  }
  subscribe(REQUEST, hear)
  return () => {
    unsubscribe(REQUEST, hear)
    for (const restore of restores.splice(0)) restore()
  }
}

/** All handlers are reached through `dispatchEvent`. A session begins with its first event: `open`, or `error` when there is no connection. */
function inSession(next: () => Method, sessions: OpenSessions): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const socket = this as Socket
    const event = args[0] as SocketEvent
    const session = quietly(() => sessionAt(socket, event, sessions))
    if (session === undefined || session.ended) return Reflect.apply(next(), this, args)
    if (event.type === 'message') return receiveMessage(next(), socket, event as MessageEvent, session)
    quietly(() => observe(socket, event, { session, sessions }))
    try {
      return runInContext(session.context, () => Reflect.apply(next(), this, args))
    } finally {
      if (event.type === 'close') quietly(() => sessions.close(session, event.code, event.reason))
      // Node 22 tells a connection that failed by `error` alone; newer ones let `close` follow at once.
      else if (event.type === 'error' && socket.readyState !== OPEN) {
        setImmediate(() => quietly(() => sessions.close(session, ABNORMAL_CLOSURE, '')))
      }
    }
  }
}

function sessionAt(socket: Socket, event: SocketEvent, sessions: OpenSessions): Session | undefined {
  const begins = event.type === 'open' || event.type === 'error'
  return sessionOf(socket) ?? (begins ? beginClientSession(sessions, socket) : undefined)
}

/** It can be told of no envelopes: what it offers can't be set, and what it is answered not be seen. */
function receiveMessage(next: Method, socket: Socket, event: MessageEvent, session: Session): unknown {
  const handle = (): unknown => Reflect.apply(next, socket, [event])
  if (session.messages !== undefined) return receiveTraced(session, { data: event.data, isBinary: undefined }, handle)
  quietly(() => session.counts.receive(event.data, undefined))
  return runInContext(session.context, handle)
}

function observe(socket: Socket, event: SocketEvent, { session, sessions }: Watched): void {
  if (event.type === 'open') sessions.establish(session, socket as WsSocket)
  else if (event.type === 'error')
    session.fail(
      event.error ??
        new Error(event.message === undefined || event.message === '' ? 'the connection failed' : event.message),
    )
}

interface Watched {
  readonly session: Session
  readonly sessions: OpenSessions
}

function countSent(next: () => Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const socket = this as Socket
    const session = sessionOf(socket)
    if (session === undefined || session.ended || socket.readyState !== OPEN) return Reflect.apply(next(), this, args)
    if (session.messages !== undefined) return sendTraced(next(), socket, args, session)
    const result: unknown = Reflect.apply(next(), this, args)
    quietly(() => session.counts.send(args[0], undefined, socket))
    return result
  }
}
