import { contextStorage, ROOT_NODE } from '../../src/context/index.ts'
import { loadedModules } from '../../src/loading/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type { Restore } from '../method-patch.ts'
import { hearCommands } from './channel-commands.ts'
import { ChannelSubscriptions, type CallListener } from './channel-subscriptions.ts'
import { loadedCopies, onClientLoaded, type ClientCopy } from './client-copies.ts'
import { ClientMetrics } from './client-metrics.ts'
import { ClientPools } from './client-pools.ts'
import { clientStatus } from './client-status.ts'
import type { ClientWatch } from './client-watch.ts'
import { ConnectionRecords } from './connection-records.ts'
import { IoredisPatch } from './ioredis-patch.ts'
import { NodeRedisPatch } from './node-redis-patch.ts'
import { OperationRoad } from './operation-road.ts'
import type { RedisSettings } from './redis-settings.ts'
import { WatchedCalls } from './watched-calls.ts'

/** What a client publishes when it connects. */
interface ConnectMessage {
  readonly clientId?: string
  readonly serverAddress?: string
  readonly serverPort?: number
}

interface ClosedMessage extends ConnectMessage {
  readonly reason: string
}

interface ErrorMessage extends ConnectMessage {
  readonly error: unknown
  /** `cluster` for redirections. */
  readonly origin?: string
}

interface WaitMessage extends ConnectMessage {
  readonly waitStartTimestamp: number
}

interface Library {
  readonly name: ClientCopy['library']
  /** Of its channels. */
  readonly prefix: string
  /** Where a command's arguments begin on its channel. */
  readonly first: number
}

const LIBRARIES: readonly Library[] = [
  { name: 'redis', prefix: 'node-redis', first: 1 },
  { name: 'ioredis', prefix: 'ioredis', first: 0 },
]

/**
 * Watches `redis` from 5.12 and `ioredis` from 5.11: commands at the classes of each copy that is loaded, whenever and by whatever; those of copies that can't be found, as in a bundle, on the diagnostics
 * channels that the clients publish themselves, as are connections.
 */
export class RedisInstrumentation implements Instrumentation {
  readonly name = 'redis'
  readonly #settings: RedisSettings
  readonly #patched = new Map<string, readonly Restore[]>()
  readonly #hearing = new Map<string, ChannelSubscriptions>()
  #stops: Restore[] = []

  constructor(settings: RedisSettings) {
    this.#settings = settings
  }

  enable(): void {
    if (this.#stops.length > 0) return
    const road = new OperationRoad(this.#settings)
    const pools = new ClientPools()
    const watch = { road, pools, connections: new ConnectionRecords(), calls: new WatchedCalls() }
    const gauges = new ClientMetrics(road.targets, pools)
    const subscriptions = new ChannelSubscriptions()
    for (const library of LIBRARIES) this.#watchConnecting(library, watch, gauges, subscriptions)
    hearNodeRedisConnections(subscriptions, watch)
    const patches = { redis: new NodeRedisPatch(watch), ioredis: new IoredisPatch(watch) }
    const find = (): void => {
      for (const copy of loadedCopies()) this.#patch(copy, patches)
    }
    find()
    for (const library of LIBRARIES) if (!this.#isPatched(library)) this.#hear(library, watch)
    this.#stops = [onClientLoaded(find), () => subscriptions.end(), () => gauges.end()]
  }

  disable(): void {
    for (const stop of this.#stops.splice(0)) stop()
    for (const restores of this.#patched.values()) for (const restore of restores) restore()
    this.#patched.clear()
    for (const hearing of this.#hearing.values()) hearing.end()
    this.#hearing.clear()
  }

  status(): InstrumentationStatus {
    return clientStatus(this.#stops.length > 0, new Set(this.#patched.keys()))
  }

  #patch(copy: ClientCopy, patches: Record<ClientCopy['library'], NodeRedisPatch | IoredisPatch>): void {
    if (this.#patched.has(copy.file) || !isKnown(copy) || isWrapped(copy)) return
    const restores = patches[copy.library].apply(copy)
    if (restores === undefined) return
    this.#patched.set(copy.file, restores)
    this.#hearing.get(copy.library)?.end()
    this.#hearing.delete(copy.library)
  }

  #isPatched({ name }: Library): boolean {
    return loadedCopies().some(({ library, file }) => library === name && this.#patched.has(file))
  }

  /** Only while there is need: a channel that is listened to costs each command something, and `ioredis` hides rejections that nobody handles meanwhile. */
  #hear({ name, prefix, first }: Library, watch: ClientWatch): void {
    if (this.#hearing.has(name)) return
    const hearing = new ChannelSubscriptions()
    this.#hearing.set(name, hearing)
    hearCommands(hearing, prefix, first, watch)
  }

  /**
   * A client whose class is not found is heard of here first. Connections belong to nobody: whoever needed one first would be in all that comes from it, the messages of a subscription for one.
   */
  #watchConnecting(
    library: Library,
    watch: ClientWatch,
    gauges: ClientMetrics,
    subscriptions: ChannelSubscriptions,
  ): void {
    const { road, connections, calls } = watch
    const connecting: CallListener<ConnectMessage, string> = {
      begin: ({ clientId, serverAddress, serverPort }) => {
        gauges.observe()
        const key = clientId ?? `${serverAddress ?? ''}:${serverPort ?? ''}`
        if (!calls.isInside) this.#hear(library, watch)
        if (library.name === 'redis' || !calls.isInside) connections.begin(key, road.targets.of({ serverAddress, serverPort, database: 0 })) // prettier-ignore
        return key
      },
      succeed: (key) => library.name === 'ioredis' && connections.connected(key),
      fail: (key, error) => connections.failed(key, error),
    }
    subscriptions.onCalls(`${library.prefix}:connect`, connecting, { store: contextStorage, value: () => ROOT_NODE })
  }
}

function hearNodeRedisConnections(subscriptions: ChannelSubscriptions, { connections }: ClientWatch): void {
  subscriptions.on('node-redis:connection:ready', ({ clientId = '' }: ConnectMessage) =>
    connections.connected(clientId),
  )
  subscriptions.on('node-redis:connection:closed', ({ clientId = '', reason }: ClosedMessage) => {
    connections.closed(clientId, reason === 'application_close', false)
  })
  subscriptions.on('node-redis:pool:connection-wait', ({ clientId = '', waitStartTimestamp }: WaitMessage) => {
    connections.waited(clientId, waitStartTimestamp)
  })
  subscriptions.on('node-redis:error', ({ clientId = '', error, origin = 'client' }: ErrorMessage) => {
    if (origin === 'client') connections.failed(clientId, error)
  })
}

/** Whether OpenTelemetry's own instrumentation lies around the class already: then ours has to be inside of it, at the channels. */
function isWrapped({ exported }: ClientCopy): boolean {
  const { prototype } = ((exported as { default?: unknown }).default ?? {}) as { prototype?: Record<string, unknown> }
  return (prototype?.['sendCommand'] as { __wrapped?: unknown } | undefined)?.__wrapped === true
}

/** From 5.12 and 5.11 on the clients have a file for their channels. */
export function isKnown({ sibling }: ClientCopy): boolean {
  return loadedModules()[sibling('tracing.js')] !== undefined
}
