import { SpanKind, trace } from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { activeContext, runInContext } from '../../src/context/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { patchMethod, type Restore } from '../method-patch.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { Session } from './session.ts'
import { COMPONENT } from './session-record.ts'
import { contextOfUpgrade, upgradeOf, type Upgrade } from './upgrade-span.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { ServerClass, Socket, UpgradeDone } from './ws.ts'

/** Begins a session for every upgrade that servers of a class complete, and runs what follows in its context. */
export function patchServerClass(
  { prototype }: ServerClass,
  sessions: OpenSessions,
  settings: WebSocketSettings,
): Restore {
  return patchMethod(prototype, 'handleUpgrade', (next) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const [request, socket, head, done] = args as [IncomingMessage, Duplex, Buffer, UpgradeDone]
      const upgrade = quietly(() => upgradeOf(request, socket, settings))
      if (upgrade === undefined) return Reflect.apply(next(), this, args)
      const context = contextOfUpgrade(request, upgrade, activeContext())
      const completed: UpgradeDone = (client, answered) => {
        const session = quietly(() => beginServerSession(sessions, client, request, upgrade))
        if (session === undefined) done(client, answered)
        else runInContext(session.context, () => done(client, answered))
      }
      return runInContext(context, () => Reflect.apply(next(), this, [request, socket, head, completed]))
    }
  })
}

function beginServerSession(
  sessions: OpenSessions,
  socket: Socket,
  request: IncomingMessage,
  upgrade: Upgrade,
): Session {
  const context = trace.setSpan(contextOfUpgrade(request, upgrade, activeContext()), upgrade.span)
  const span = trace.getTracer(COMPONENT).startSpan('websocket session', { kind: SpanKind.SERVER }, context)
  const session = sessions.begin(socket, { span, context, fields: { [ATTRIBUTES.role]: 'server', ...upgrade.peer } })
  session.establish(socket)
  return session
}
