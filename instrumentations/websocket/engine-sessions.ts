import { trace, type Context } from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { activeContext, contextWithFields, fieldScope, isSuppressed, runInContext } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { quietly } from './quietly.ts'
import { sessionFields } from './session-fields.ts'
import { sessionOf } from './session-mark.ts'
import { messageSize } from './message-size.ts'
import { asContextOf, type Upgrades } from './upgrade-span.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { LoadedClass, Socket } from './ws.ts'
import type { Kind } from './traffic.ts'

/** A connection of engine.io, below one of Socket.IO: polled at first, as a rule, and a WebSocket later. */
interface EngineSocket {
  readonly request?: (IncomingMessage & { readonly websocket?: object }) | null
  readonly transport?: { readonly socket?: object | null }
}

/** Before a connection of engine.io has a WebSocket its session is bound here, by its first request. */
const contexts = new WeakMap<object, Context>()

/** Keeps the session of a connection that begins with polled requests, and runs what it tells in it. */
export function patchEngineSocket({ prototype }: LoadedClass, settings: WebSocketSettings): Restore {
  const restores = [
    patchMethod(prototype, 'onOpen', (next) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        quietly(() => bindSession(this as EngineSocket, settings))
        return Reflect.apply(next(), this, args)
      }
    }),
    patchMethod(prototype, 'emit', (next) => inSessionOf(next, (socket) => socket)),
  ]
  return () => {
    for (const restore of restores) restore()
  }
}

/** Called in the constructor, while its first request is handled. */
function bindSession(socket: EngineSocket, settings: WebSocketSettings): void {
  const { request } = socket
  const active = activeContext()
  if (request === undefined || request === null || request.websocket !== undefined || isSuppressed(active)) return
  contexts.set(socket, contextWithFields(active, sessionFields(request, settings), 'session'))
}

/** When a connection that was polled becomes a WebSocket, that one's session goes on with what was bound to the connection. */
export function patchEngineServer({ prototype }: LoadedClass, upgrades: Upgrades): Restore {
  return patchMethod(prototype, 'handleUpgrade', (next) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const [request, socket] = args as [IncomingMessage, Duplex]
      const context = quietly(() => {
        const known = contexts.get(connectionOf(this as { clients?: Record<string, object> }, request) ?? request)
        const upgrade = known === undefined ? undefined : upgrades.begin(request, socket)
        return known === undefined || upgrade === undefined ? undefined : asContextOf(upgrade, known)
      })
      if (context === undefined) return Reflect.apply(next(), this, args)
      return runInContext(context, Reflect.apply, next(), this, args)
    }
  })
}

function connectionOf({ clients }: { clients?: Record<string, object> }, request: IncomingMessage): object | undefined {
  const url = request.url ?? ''
  const sid = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('sid')
  return sid !== null && clients !== undefined && Object.hasOwn(clients, sid) ? clients[sid] : undefined
}

/** Runs what Socket.IO says of a socket by itself (`disconnect`, and `connection` of a namespace) in that socket's session, whoever caused it. */
export function patchSocketIoEmitter({ prototype }: LoadedClass): Restore {
  return patchMethod(prototype, 'emitReserved', (next) =>
    inSessionOf(next, (emitter, [event, socket]) => {
      const subject = event === 'connection' || event === 'connect' ? socket : emitter
      return (subject as { conn?: EngineSocket } | undefined)?.conn
    }),
  )
}

/** Frames that Socket.IO makes once for many receivers go past `send`. */
export function patchEngineTransport({ prototype }: LoadedClass): Restore {
  return patchMethod(prototype, 'send', (next) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const result: unknown = Reflect.apply(next(), this, args)
      quietly(() => countFrames(this as EngineTransport, args[0] as readonly EnginePacket[]))
      return result
    }
  })
}

interface EnginePacket {
  readonly options?: { readonly wsPreEncodedFrame?: readonly Uint8Array[] }
}

interface EngineTransport {
  readonly socket: Socket
  _canSendPreEncodedFrame?(packet: EnginePacket): boolean
}

const OPCODE = 0x0f

/** A frame is a list: its head, and its payload. */
function countFrames(transport: EngineTransport, packets: readonly EnginePacket[]): void {
  const session = sessionOf(transport.socket)
  if (session === undefined || session.ended) return
  for (const packet of packets) {
    const [head, payload] = packet.options?.wsPreEncodedFrame ?? []
    if (head === undefined || transport._canSendPreEncodedFrame?.(packet) !== true) continue
    const opcode = (head[0] as number) & OPCODE
    session.counts.sendFrame((opcode - 1) as Kind, messageSize(payload), transport.socket)
  }
}

type FindSocket = (emitter: object, args: readonly unknown[]) => EngineSocket | undefined

function inSessionOf(next: () => Method, find: FindSocket): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const context = quietly(() => {
      const socket = find(this as object, args)
      return socket === undefined ? undefined : missingContext(socket)
    })
    if (context === undefined) return Reflect.apply(next(), this, args)
    return runInContext(context, Reflect.apply, next(), this, args)
  }
}

/** The context of a connection's session; undefined where there is none, or the running code is in it already. */
function missingContext(socket: EngineSocket): Context | undefined {
  const active = activeContext()
  const session =
    typeof socket.transport?.socket === 'object' ? sessionOf(socket.transport.socket as object) : undefined
  const context = session === undefined || session.ended ? contexts.get(socket) : session.context
  if (context === undefined || fieldScope(active)?.root === fieldScope(context)?.root) return undefined
  if (context === session?.context) return context
  // While it is polled, each request has a trace of its own.
  const span = trace.getSpan(active)
  return span === undefined ? context : trace.setSpan(context, span)
}
