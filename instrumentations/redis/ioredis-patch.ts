import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { loadedModules } from '../../src/loading/index.ts'
import type { ClientCopy } from './client-copies.ts'
import type { ClientWatch } from './client-watch.ts'
import { watchIoredisConnections } from './ioredis-connections.ts'
import { PipelineWatch, type IoredisPipeline } from './ioredis-pipeline.ts'
import { HANDSHAKE, OPERATION, type IoredisClient, type IoredisCommand } from './ioredis-shapes.ts'
import type { RedisOperation } from './redis-operation.ts'
import { RedisTarget } from './redis-target.ts'
import { contextFields } from './stream-context.ts'

interface Known {
  readonly select: number
  readonly stream: unknown
  readonly target: RedisTarget
}

/** Where a command goes before its cluster has chosen a node. */
const ANYWHERE = new RedisTarget({})

/** Has a copy of `ioredis` from 5.11 on tell of its commands, at the classes that all of its clients, clusters and pipelines share. */
export class IoredisPatch {
  readonly #watch: ClientWatch
  readonly #pipelines: PipelineWatch
  readonly #targets = new WeakMap<IoredisClient, Known>()

  constructor(watch: ClientWatch) {
    this.#watch = watch
    this.#pipelines = new PipelineWatch(watch, {
      targetOf: (client) => (client.isCluster === true ? ANYWHERE : this.#targetOf(client)),
      begin: (client, command) => void this.#begin(client, command),
    })
  }

  /** @returns undefined when it is not a copy that is known */
  apply({ exported, sibling }: ClientCopy): Restore[] | undefined {
    const cache = loadedModules()
    const classOf = (loaded: unknown): object | undefined =>
      (loaded as { default?: { prototype?: object } } | undefined)?.default?.prototype
    const client = classOf(exported)
    const cluster = classOf(cache[sibling('cluster/index.js')]?.exports ?? cache[sibling('cluster\\index.js')]?.exports)
    const pipeline = classOf(cache[sibling('Pipeline.js')]?.exports)
    if (client === undefined || cluster === undefined || pipeline === undefined) return undefined
    return [
      patchMethod(client, 'sendCommand', (next) => this.#sendCommand(next)),
      patchMethod(cluster, 'sendCommand', (next) => this.#sendToCluster(next)),
      ...this.#pipelines.apply(pipeline),
      ...watchIoredisConnections(client, this.#watch, (one) => this.#targetOf(one)),
    ]
  }

  #sendCommand(next: () => Method): Method {
    const send = (client: IoredisClient, command: IoredisCommand, stream: unknown): unknown => {
      const operation = command[OPERATION]
      if (operation !== undefined) operation.sentTo(this.#targetOf(client))
      else if ((stream as Partial<IoredisPipeline> | undefined)?.isPipeline === true)
        this.#pipelines.sentTo(this.#targetOf(client))
      else if (client.status !== 'connect' || !HANDSHAKE.has(command.name)) this.#begin(client, command)
      const { calls } = this.#watch
      calls.enter()
      try {
        return Reflect.apply(next(), client, stream === undefined ? [command] : [command, stream])
      } finally {
        calls.leave()
      }
    }
    return function (this: unknown, command: unknown, stream: unknown) {
      return send(this as IoredisClient, command as IoredisCommand, stream)
    }
  }

  /** Heard here, it is one operation, however often the cluster redirects it. */
  #sendToCluster(next: () => Method): Method {
    const begin = (command: IoredisCommand): RedisOperation | undefined => this.#begin(undefined, command)
    return function (this: unknown, command: unknown, ...rest: unknown[]) {
      const [stream] = rest as [Partial<IoredisPipeline> | undefined]
      const own = command as IoredisCommand
      if (own[OPERATION] === undefined && stream?.isPipeline !== true) begin(own)
      return Reflect.apply(next(), this, [command, ...rest])
    }
  }

  /** The end of a command is heard where the client tells it, before its promise: a promise that nobody waits for stays one. */
  #begin(client: IoredisClient | undefined, command: IoredisCommand): RedisOperation | undefined {
    const { road } = this.#watch
    const target = client === undefined ? ANYWHERE : this.#targetOf(client)
    const operation = road.command(target, command.name, command.args, 0)
    if (operation === undefined) return undefined
    command[OPERATION] = operation
    const { resolve, reject } = command
    command.resolve = (reply) => {
      const settled = resolve(reply)
      operation.succeed(reply)
      return settled
    }
    command.reject = (error) => {
      reject(error)
      operation.fail(error)
    }
    if (road.settings.streamContext && command.name.toUpperCase() === 'XADD')
      command.args.push(...contextFields(operation.context, command.args))
    return operation
  }

  #targetOf(client: IoredisClient): RedisTarget {
    const select = client.condition?.select ?? client.options.db ?? 0
    const known = this.#targets.get(client)
    if (known !== undefined && known.select === select && known.stream === client.stream) return known.target
    const { path, host, port = 6379 } = client.options
    const { remoteAddress, remotePort } = client.stream ?? {}
    const target = this.#watch.road.targets.of({
      serverAddress: path ?? host ?? 'localhost',
      serverPort: path === undefined ? Number(port) : undefined,
      database: select,
      peerAddress: remoteAddress,
      peerPort: remoteAddress === undefined ? undefined : remotePort,
    })
    // Before the connection stands nobody is at the other end.
    if (remoteAddress !== undefined || path !== undefined)
      this.#targets.set(client, { select, stream: client.stream, target })
    return target
  }
}
