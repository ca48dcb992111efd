import { SpanKind, trace } from '@opentelemetry/api'
import { randomUUID } from 'node:crypto'
import { activeContext, contextWithFields, fieldScope, isSuppressed } from '../../src/context/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { OpenSessions } from './open-sessions.ts'
import type { Session } from './session.ts'
import { COMPONENT } from './session-record.ts'
import type { Socket } from './ws.ts'

/** Begins the session of a client socket: a child of what runs now, in the session one is in already, if any. @returns undefined for one that is left out */
export function beginClientSession(sessions: OpenSessions, socket: Socket): Session | undefined {
  const fields = serverFields(socket.url)
  const outer = activeContext()
  if (isSuppressed(outer) || sessions.isIgnored(fields[ATTRIBUTES.path] ?? '')) return undefined
  const known = fieldScope(outer)?.current().has(ATTRIBUTES.sessionId) === true
  // Inside a session it is part of that one, with a closing record of its own.
  const context = known
    ? contextWithFields(outer, {}, 'operation')
    : contextWithFields(outer, { [ATTRIBUTES.sessionId]: randomUUID() }, 'session')
  const span = trace.getTracer(COMPONENT).startSpan('websocket session', { kind: SpanKind.CLIENT }, context)
  return sessions.begin(socket, { role: 'client', span, context, fields })
}

/** Neither credentials nor query: they may be secrets. */
function serverFields(
  address: string | undefined,
): Readonly<Record<string, string | number>> & { [ATTRIBUTES.path]?: string } {
  const url = URL.parse(address ?? '')
  if (url === null) return {}
  const port = url.port === '' ? (url.protocol === 'wss:' ? 443 : 80) : Number(url.port)
  const host =
    url.hostname === '' ? undefined : { [ATTRIBUTES.serverAddress]: url.hostname, [ATTRIBUTES.serverPort]: port }
  return { ...host, [ATTRIBUTES.path]: url.pathname }
}
