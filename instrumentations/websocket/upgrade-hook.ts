import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { runInContext, SUPPRESSED } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { quietly } from './quietly.ts'
import type { Upgrades } from './upgrade-span.ts'

/**
 * Runs the listeners of every WebSocket upgrade in the context of its request, whichever library answers it.
 * @param before called first: the last moment to find a copy of `ws` that was loaded late; also before the first request of a Socket.IO client, which is none of a WebSocket
 */
export function patchUpgrades(upgrades: Upgrades, before: () => void): Restore {
  const make = (next: () => Method): Method =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [event, message, socket] = args
      if (event === 'request' && isEngineHandshake(message)) quietly(before)
      if (event !== 'upgrade') return Reflect.apply(next(), this, args)
      const request = message as IncomingMessage
      const context = quietly(() => {
        if (!isWebSocket(request.headers.upgrade)) return undefined
        before()
        return upgrades.isIgnored(request) ? SUPPRESSED : upgrades.begin(request, socket as Duplex)?.context
      })
      if (context === undefined) return Reflect.apply(next(), this, args)
      return runInContext(context, () => Reflect.apply(next(), this, args))
    }
  // Not imported: as ES modules they would load all of `fetch`.
  const servers = [process.getBuiltinModule('node:http').Server, process.getBuiltinModule('node:https').Server]
  const restores = servers.map(({ prototype }) => patchMethod(prototype, 'emit', make))
  return () => {
    for (const restore of restores) restore()
  }
}

/** Whether an `Upgrade` header asks for a WebSocket. */
export function isWebSocket(header: unknown): boolean {
  return typeof header === 'string' && header.toLowerCase() === 'websocket'
}

/** Socket.IO's clients begin with requests that are polled, and become WebSockets later. */
function isEngineHandshake(message: unknown): boolean {
  const url = (message as IncomingMessage | undefined)?.url
  return url?.includes('EIO=') === true && !url.includes('sid=')
}
