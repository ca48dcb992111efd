import { SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { activeContext, contextWithFields, isSuppressed } from '../../src/context/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { startServerSpan } from '../http/index.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import type { IsIgnored } from './ignored-paths.ts'
import { quietly } from './quietly.ts'
import { sessionFields } from './session-fields.ts'
import { emitRecord } from './session-record.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

/** An upgrade request on its way to a session. */
export interface Upgrade {
  readonly span: Span
  /** The request's fields and the session's are bound in it, so that what is bound while the upgrade is decided (a user's id) stays for the session; the request's span is active. */
  readonly context: Context
  /** Marks the contexts inside it; nothing of the request, which would stay as long as the session. */
  readonly mark: object
  /** What is told of the peer besides the bound fields. */
  readonly peer: Fields
  /** Whether the answer accepts envelopes around messages, which the request has offered. */
  isContextAccepted: boolean
}

const UPGRADE = Symbol('clew.websocket.upgrade')
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/

/** The upgrades that are under way. */
export class Upgrades {
  readonly #settings: WebSocketSettings
  readonly #isIgnored: IsIgnored
  readonly #known = new WeakMap<IncomingMessage, Upgrade>()

  constructor(settings: WebSocketSettings, isIgnored: IsIgnored) {
    this.#settings = settings
    this.#isIgnored = isIgnored
  }

  of(request: IncomingMessage): Upgrade | undefined {
    return this.#known.get(request)
  }

  isIgnored(request: IncomingMessage): boolean {
    return this.#isIgnored(request.url ?? '')
  }

  /** The upgrade of a request; begins it when the request is seen for the first time. @returns undefined for one that is left out */
  begin(request: IncomingMessage, socket: Duplex): Upgrade | undefined {
    const known = this.#known.get(request)
    if (known !== undefined) return known
    if (isSuppressed(activeContext()) || this.isIgnored(request)) return undefined
    const { span, context } = startServerSpan(request, this.#settings.http)
    const around = contextWithFields(context, sessionFields(request, this.#settings), 'session')
    const userAgent = request.headers['user-agent']
    const mark = {}
    const upgrade: Upgrade = {
      span,
      mark,
      context: around.setValue(UPGRADE, mark),
      peer: userAgent === undefined ? {} : { [ATTRIBUTES.userAgent]: userAgent },
      isContextAccepted: false,
    }
    this.#known.set(request, upgrade)
    watchAnswer(socket, (status) => answered(upgrade, status))
    return upgrade
  }
}

/** The context a session begins in: the running one when it lies inside the upgrade's, as with `withContext` around `handleUpgrade`. */
export function contextOfUpgrade({ mark, context }: Upgrade, active: Context): Context {
  return active.getValue(UPGRADE) === mark ? active : context
}

/** A context made part of an upgrade: what the session was bound to already, before it has a WebSocket. */
export function asContextOf({ mark, span }: Upgrade, context: Context): Context {
  return trace.setSpan(context.setValue(UPGRADE, mark), span)
}

/**
 * Tells the status of the answer, whoever writes it; undefined when the connection closes without one. The socket keeps its methods as properties of its own: to delete a property would make it
 * a slow object for the rest of its life.
 */
function watchAnswer(socket: Duplex, tell: (status: number | undefined) => void): void {
  const restores: (() => void)[] = []
  const finish = (status: number | undefined): void => {
    socket.removeListener('close', closed)
    for (const restore of restores.splice(0)) restore()
    quietly(() => tell(status))
  }
  const closed = (): void => finish(undefined)
  for (const name of ['write', 'end'] as const) {
    const method = socket[name] as (...args: unknown[]) => unknown
    const watching = function (this: unknown, ...args: unknown[]): unknown {
      finish(statusOf(args[0]))
      return Reflect.apply(method, this, args)
    }
    Object.defineProperty(socket, name, { value: watching, configurable: true, writable: true, enumerable: false })
    restores.push(() => {
      if (Reflect.get(socket, name) === watching) Reflect.set(socket, name, method)
    })
  }
  socket.once('close', closed)
}

function statusOf(chunk: unknown): number | undefined {
  const start =
    typeof chunk === 'string'
      ? chunk.slice(0, 12)
      : chunk instanceof Uint8Array
        ? Buffer.from(chunk.subarray(0, 12)).toString('latin1')
        : ''
  const match = STATUS_LINE.exec(start)
  return match === null ? undefined : Number(match[1])
}

function answered({ span, context, peer }: Upgrade, status: number | undefined): void {
  if (status !== undefined) span.setAttribute(ATTRIBUTES.statusCode, status)
  if (status !== 101) {
    const told = { ...peer, [ATTRIBUTES.role]: 'server' }
    const fields = status === undefined ? told : { ...told, [ATTRIBUTES.statusCode]: status }
    if (status === undefined || status >= 500)
      span.setAttribute(ATTRIBUTES.errorType, String(status ?? 'no_answer')).setStatus({ code: SpanStatusCode.ERROR })
    emitRecord({ level: 'WARNING', message: 'connection refused', event: EVENTS.failed, fields, context })
  }
  span.end()
}
