import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { runInContext } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { quietly } from './quietly.ts'
import { upgradeOf } from './upgrade-span.ts'
import type { WebSocketSettings } from './websocket-settings.ts'

/**
 * Runs the listeners of every WebSocket upgrade in the context of its request, whichever library answers it.
 * @param before called first: the last moment to find a copy of `ws` that was loaded late
 */
export function patchUpgrades(settings: WebSocketSettings, before: () => void): Restore {
  const make = (next: () => Method): Method =>
    function (this: unknown, ...args: unknown[]): unknown {
      if (args[0] !== 'upgrade') return Reflect.apply(next(), this, args)
      const request = args[1] as IncomingMessage
      const upgrade = quietly(() => {
        if (!isWebSocket(request.headers.upgrade)) return undefined
        before()
        return upgradeOf(request, args[2] as Duplex, settings)
      })
      if (upgrade === undefined) return Reflect.apply(next(), this, args)
      return runInContext(upgrade.context, () => Reflect.apply(next(), this, args))
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
