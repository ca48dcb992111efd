import { SpanKind, trace } from '@opentelemetry/api'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { activeContext, runInContext, SUPPRESSED } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { acceptsContext, CONTEXT_HEADER, CONTEXT_VERSION } from './context-agreement.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import type { Session } from './session.ts'
import { markLeftOut } from './session-mark.ts'
import { COMPONENT } from './session-record.ts'
import { contextOfUpgrade, type Upgrade, type Upgrades } from './upgrade-span.ts'
import type { LoadedClass, Socket, UpgradeDone, WsSocket } from './ws.ts'

/** Begins a session for every upgrade that servers of a class complete, and runs what follows in its context. */
export function patchServerClass({ prototype }: LoadedClass, sessions: OpenSessions, upgrades: Upgrades): Restore {
  const restores = [patchMethod(prototype, 'handleUpgrade', (next) => watchUpgrade(next, sessions, upgrades))]
  if (sessions.carriesContext) restores.push(patchMethod(prototype, 'emit', (next) => acceptContext(next, upgrades)))
  return () => {
    for (const restore of restores) restore()
  }
}

function watchUpgrade(next: () => Method, sessions: OpenSessions, upgrades: Upgrades): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [request, socket, head, done] = args as [IncomingMessage, Duplex, Buffer, UpgradeDone]
    const upgrade = quietly(() => upgrades.begin(request, socket))
    if (upgrade === undefined) {
      const isIgnored = quietly(() => upgrades.isIgnored(request)) === true
      return Reflect.apply(next(), this, isIgnored ? [request, socket, head, leftOut(done)] : args)
    }
    const context = contextOfUpgrade(upgrade, activeContext())
    const completed: UpgradeDone = (client, answered) => {
      const session = quietly(() => beginServerSession(sessions, client, upgrade))
      if (session === undefined) done(client, answered)
      else runInContext(session.context, () => done(client, answered))
    }
    return runInContext(context, () => Reflect.apply(next(), this, [request, socket, head, completed]))
  }
}

/** The handlers of a socket whose path is ignored leave no spans, as those of its upgrade. */
function leftOut(done: UpgradeDone): UpgradeDone {
  return (client, request) => {
    quietly(() => markLeftOut(client))
    runInContext(SUPPRESSED, () => done(client, request))
  }
}

/** After the application's listeners of `headers`, which see what they would without us. */
function acceptContext(next: () => Method, upgrades: Upgrades): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const result: unknown = Reflect.apply(next(), this, args)
    const [event, headers, request] = args
    quietly(() => {
      if (event !== 'headers' || !acceptsContext(request)) return
      const upgrade = upgrades.of(request as IncomingMessage)
      if (upgrade === undefined) return
      ;(headers as string[]).push(`${CONTEXT_HEADER}: ${CONTEXT_VERSION}`)
      upgrade.isContextAccepted = true
    })
    return result
  }
}

function beginServerSession(sessions: OpenSessions, socket: Socket, upgrade: Upgrade): Session {
  const context = trace.setSpan(contextOfUpgrade(upgrade, activeContext()), upgrade.span)
  const span = trace.getTracer(COMPONENT).startSpan('websocket session', { kind: SpanKind.SERVER }, context)
  const session = sessions.begin(socket, { role: 'server', span, context, fields: upgrade.peer })
  session.isContextAccepted = upgrade.isContextAccepted
  sessions.establish(session, socket as WsSocket)
  return session
}
