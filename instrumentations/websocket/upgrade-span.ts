import { defaultTextMapGetter, propagation, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { contextWithFields, ROOT_NODE } from '../../src/context/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import { patchMethod, type Method, type Restore } from './method-patch.ts'
import { quietly } from './quietly.ts'
import { requestPath, sessionFields } from './session-fields.ts'
import { COMPONENT, emitRecord } from './session-record.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

/** An upgrade request on its way to a session. */
export interface Upgrade {
  readonly span: Span
  /** The session's fields are bound in it, so that what is bound while the upgrade is decided (a user's id) stays for the session; the request's span is active. */
  readonly context: Context
  /** What is told of the peer. */
  readonly peer: Fields
}

const UPGRADE = Symbol('clew.websocket.upgrade')
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/
const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** The upgrade of a request; begins it when the request is seen for the first time. */
export function upgradeOf(request: IncomingMessage, socket: Duplex, settings: WebSocketSettings): Upgrade {
  const known = upgrades.get(request)
  if (known !== undefined) return known
  const peer = peerFields(request)
  const remote = propagation.extract(ROOT_NODE, request.headers, defaultTextMapGetter)
  const around = contextWithFields(remote, sessionFields(request, settings), 'session')
  const method = request.method ?? 'GET'
  const span = trace.getTracer(COMPONENT).startSpan(method, { kind: SpanKind.SERVER, attributes: { [ATTRIBUTES.method]: method, ...peer } }, around)
  const upgrade: Upgrade = { span, peer, context: trace.setSpan(around, span).setValue(UPGRADE, request) }
  upgrades.set(request, upgrade)
  watchAnswer(socket, (status) => answered(upgrade, status))
  return upgrade
}

/** The context a session begins in: the running one when it lies inside the upgrade's, as with `withContext` around `handleUpgrade`. */
export function contextOfUpgrade(request: IncomingMessage, upgrade: Upgrade, active: Context): Context {
  return active.getValue(UPGRADE) === request ? active : upgrade.context
}

function peerFields(request: IncomingMessage): Record<string, string> {
  const { remoteAddress } = request.socket as { remoteAddress?: string | undefined }
  const userAgent = request.headers['user-agent']
  return {
    [ATTRIBUTES.path]: requestPath(request.url),
    ...(remoteAddress === undefined ? undefined : { [ATTRIBUTES.clientAddress]: remoteAddress }),
    ...(userAgent === undefined ? undefined : { [ATTRIBUTES.userAgent]: userAgent }),
  }
}

/** Tells the status of the answer, whoever writes it; undefined when the connection closes without one. */
function watchAnswer(socket: Duplex, tell: (status: number | undefined) => void): void {
  const restores: Restore[] = []
  const finish = (status: number | undefined): void => {
    socket.removeListener('close', closed)
    for (const restore of restores.splice(0)) restore()
    quietly(() => tell(status))
  }
  const closed = (): void => finish(undefined)
  const watch = (original: Method): Method =>
    function (this: unknown, ...args: unknown[]): unknown {
      finish(statusOf(args[0]))
      return Reflect.apply(original, this, args)
    }
  restores.push(patchMethod(socket, 'write', watch), patchMethod(socket, 'end', watch))
  socket.once('close', closed)
}

function statusOf(chunk: unknown): number | undefined {
  const start = typeof chunk === 'string' ? chunk.slice(0, 12) : chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, 12)).toString('latin1') : ''
  const match = STATUS_LINE.exec(start)
  return match === null ? undefined : Number(match[1])
}

function answered({ span, context, peer }: Upgrade, status: number | undefined): void {
  if (status !== undefined) span.setAttribute(ATTRIBUTES.statusCode, status)
  if (status !== 101) {
    const fields = status === undefined ? peer : { ...peer, [ATTRIBUTES.statusCode]: status }
    if (status === undefined || status >= 500) span.setAttribute(ATTRIBUTES.errorType, String(status ?? 'no_answer')).setStatus({ code: SpanStatusCode.ERROR })
    emitRecord({ level: 'WARNING', message: 'connection refused', event: EVENTS.failed, fields, context })
  }
  span.end()
}
