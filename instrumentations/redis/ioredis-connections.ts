import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import type { ClientWatch } from './client-watch.ts'
import type { IoredisClient } from './ioredis-shapes.ts'
import type { RedisTarget } from './redis-target.ts'

/** A cluster opens such a connection each time that it asks for its slots. */
const REFRESHER = /^ioredis-cluster\(refresher\)/

type Hear = (client: IoredisClient, given: unknown, argument: unknown) => void

/** Has the clients of a copy of `ioredis` tell when their connections come and go. No listeners: programs count them. */
export function watchIoredisConnections(
  prototype: object,
  { connections, calls }: ClientWatch,
  targetOf: (client: IoredisClient) => RedisTarget,
): Restore[] {
  const isTold = ({ options }: IoredisClient): boolean => !REFRESHER.test(options.connectionName ?? '')
  const status: Hear = (client, next) => {
    if (!isTold(client)) return
    if (next === 'connecting') connections.begin(client, targetOf(client))
    else if (next === 'ready') connections.connected(client)
    else if (next === 'close') connections.closed(client, client.manuallyClosing === true)
    else if (next === 'end') connections.ended(client)
  }
  const silentEmit: Hear = (client, event, error) => {
    if (event === 'error' && isTold(client)) connections.failed(client, error)
  }
  return [
    patchMethod(prototype, 'setStatus', heardFirst(status)),
    patchMethod(prototype, 'silentEmit', heardFirst(silentEmit)),
    patchMethod(
      prototype,
      'connect',
      (next) =>
        function (this: unknown, ...args: unknown[]) {
          return calls.run(() => Reflect.apply(next(), this, args))
        },
    ),
  ]
}

function heardFirst(hear: Hear): (next: () => Method) => Method {
  return (next) =>
    function (this: unknown, ...args: unknown[]) {
      try {
        hear(this as IoredisClient, args[0], args[1])
      } catch {
        // A client must not notice that it is watched.
      }
      return Reflect.apply(next(), this, args)
    }
}
