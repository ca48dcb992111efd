import { propagation, SpanKind, trace } from '@opentelemetry/api'
import { randomUUID } from 'node:crypto'
import type { ClientRequest } from 'node:http'
import { activeContext, contextWithFields, fieldScope } from '../../src/context/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { OpenSessions } from './open-sessions.ts'
import { requestPath } from './session-fields.ts'
import { COMPONENT } from './session-record.ts'
import type { Socket } from './ws.ts'

/** Begins the session of a client socket: a child of what runs now, in the session one is in already, if any; the server is told the trace. */
export function beginClientSession(sessions: OpenSessions, socket: Socket, request: ClientRequest): void {
  const fields = {
    [ATTRIBUTES.role]: 'client',
    [ATTRIBUTES.path]: requestPath(request.path),
    ...serverFields(request),
  }
  const outer = activeContext()
  const known = fieldScope(outer)?.current().has(ATTRIBUTES.sessionId) === true
  const context = known ? outer : contextWithFields(outer, { [ATTRIBUTES.sessionId]: randomUUID() }, 'session')
  const span = trace.getTracer(COMPONENT).startSpan('websocket session', { kind: SpanKind.CLIENT }, context)
  const session = sessions.begin(socket, { span, context, fields })
  if (request.headersSent) return
  propagation.inject(session.context, request, {
    set: (carrier, key, value) => {
      if (!carrier.hasHeader(key)) carrier.setHeader(key, value)
    },
  })
}

function serverFields(request: ClientRequest): Record<string, unknown> {
  const header = request.getHeader('host')
  const url = typeof header === 'string' ? URL.parse(`${request.protocol}//${header}`) : null
  if (url === null) return { [ATTRIBUTES.serverAddress]: request.host }
  const port = url.port === '' ? (request.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { [ATTRIBUTES.serverAddress]: url.hostname, [ATTRIBUTES.serverPort]: port }
}
