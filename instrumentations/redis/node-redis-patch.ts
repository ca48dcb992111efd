import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { keepContext } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { loadedModules } from '../../src/loading/index.ts'
import type { ClientCopy } from './client-copies.ts'
import type { ClientWatch } from './client-watch.ts'
import type { BatchCommand, BatchFailure, RedisBatch } from './redis-batch.ts'
import type { RedisOperation } from './redis-operation.ts'
import type { RedisTarget } from './redis-target.ts'
import { contextFields } from './stream-context.ts'

type Args = readonly unknown[]

interface Commands {
  readonly args: Args
}

/** A client of `redis`, as far as it is known. */
interface NodeRedisClient {
  /** Itself; what it is called on may be a proxy with options of its own. */
  readonly _self?: NodeRedisClient
  readonly _clientId?: string
  readonly options?: {
    readonly database?: number
    readonly socket?: { readonly host?: string; readonly port?: number | string; readonly path?: string }
  }
}

interface ClientSocket {
  readonly remoteAddress?: string
  readonly remotePort?: number
  readonly destroyed?: boolean
}

/** What is kept of a client. */
interface KnownClient {
  database: number
  /** Undefined until it connects; those over TLS are not told. */
  socket: ClientSocket | undefined
  /** Undefined when it has to be found out anew. */
  target: RedisTarget | undefined
}

/** Node tells of each new socket here. */
const SOCKETS = 'net.client.socket'

/** Has a copy of `redis` from 5.12 on tell of its commands, at the class that all of its clients, pools, clusters and sentinels share. */
export class NodeRedisPatch {
  readonly #watch: ClientWatch
  readonly #clients = new WeakMap<NodeRedisClient, KnownClient>()
  /** Holds in all that comes from a client's connection: so its sockets are known, which it keeps to itself. */
  readonly #connecting = new AsyncLocalStorage<NodeRedisClient | undefined>()

  constructor(watch: ClientWatch) {
    this.#watch = watch
  }

  /** @returns undefined when it is not a copy that is known */
  apply({ exported, sibling }: ClientCopy): Restore[] | undefined {
    const { prototype } = ((exported as { default?: unknown }).default ?? {}) as { prototype?: object }
    const methods = ['sendCommand', '_executeMulti', '_executePipeline', 'connect']
    if (prototype === undefined || !methods.every((name) => typeof (prototype as Record<string, unknown>)[name] === 'function')) return undefined // prettier-ignore
    const restores = [
      this.#hearSockets(),
      patchMethod(prototype, 'sendCommand', (next) => this.#sendCommand(next)),
      patchMethod(prototype, '_executeMulti', (next) => this.#execute(next, 'MULTI')),
      patchMethod(prototype, '_executePipeline', (next) => this.#execute(next, 'PIPELINE')),
      patchMethod(prototype, 'connect', (next) => this.#connect(next)),
      patchMethod(prototype, 'emit', (next) => this.#emit(next)),
    ]
    const { RedisClientPool } = (loadedModules()[sibling('pool.js')]?.exports ?? {}) as { RedisClientPool?: { prototype: object } } // prettier-ignore
    if (RedisClientPool !== undefined)
      restores.push(
        patchMethod(RedisClientPool.prototype, 'connect', (next) => this.#connectPool(next)),
        patchMethod(RedisClientPool.prototype, 'execute', inCallersContext),
      )
    return restores
  }

  #sendCommand(next: () => Method): Method {
    const { road, calls } = this.#watch
    const targetOf = (client: NodeRedisClient): RedisTarget => this.#targetOf(client)
    const selected = (client: NodeRedisClient, args: Args): void => this.#select(client, args)
    const { streamContext } = road.settings
    return function (this: unknown, given: unknown, options: unknown) {
      const args = given as Args
      const client = this as NodeRedisClient
      const operation = Array.isArray(args) ? road.command(targetOf(client), args[0], args, 1) : undefined
      calls.enter()
      let replied: Promise<unknown>
      try {
        const sent = streamContext && operation !== undefined ? withContextFields(operation, args) : args
        replied = Reflect.apply(next(), this, [sent, options]) as Promise<unknown>
      } catch (error) {
        operation?.fail(error)
        throw error
      } finally {
        calls.leave()
      }
      if (operation === undefined) return replied
      return replied.then(
        (reply) => {
          if (args[0] === 'SELECT') selected(client, args)
          operation.succeed(reply)
          return reply
        },
        (error: unknown) => {
          operation.fail(error)
          throw error
        },
      )
    }
  }

  #execute(next: () => Method, mode: 'MULTI' | 'PIPELINE'): Method {
    const { road, calls } = this.#watch
    const targetOf = (client: NodeRedisClient): RedisTarget => this.#targetOf(client)
    return function (this: unknown, given: unknown, ...rest: unknown[]) {
      const commands = given as readonly Commands[]
      const batch = road.batch(targetOf(this as NodeRedisClient), mode, commands.map(batchCommand))
      const sent =
        batch !== undefined && road.settings.streamContext
          ? commands.map((command) => ({ ...command, args: withContextFields(batch, command.args) }))
          : commands
      const replied = calls.run(() => Reflect.apply(next(), this, [sent, ...rest]) as Promise<unknown>)
      return batch === undefined ? replied : ended(batch, replied)
    }
  }

  #connect(next: () => Method): Method {
    const { calls, pools } = this.#watch
    const targetOf = (client: NodeRedisClient): RedisTarget => this.#targetOf(client)
    const connecting = <R>(client: NodeRedisClient, fn: () => R): R => this.#connecting.run(client._self ?? client, fn)
    return function (this: unknown) {
      pools.clientConnects(targetOf(this as NodeRedisClient))
      return connecting(this as NodeRedisClient, () => calls.run(() => Reflect.apply(next(), this, [])))
    }
  }

  /** 5.12 has no channel for attempts that fail. What the program's listeners open is not the client's. */
  #emit(next: () => Method): Method {
    const { connections } = this.#watch
    const outside = <R>(fn: () => R): R => this.#connecting.run(undefined, fn)
    return function (this: unknown, ...args: unknown[]) {
      if (args[0] === 'error') connections.failed((this as NodeRedisClient)._clientId ?? '', args[1])
      return outside(() => Reflect.apply(next(), this, args))
    }
  }

  #hearSockets(): Restore {
    const hear = (message: unknown): void => {
      const client = this.#connecting.getStore()
      if (client === undefined) return
      const known = this.#known(client)
      // Replies are handled, and credentials fetched, while it has its own: another one is the program's.
      if (known.socket?.destroyed === false && leadsTo(client, known.socket)) return
      known.socket = (message as { socket?: ClientSocket }).socket
      known.target = undefined
    }
    subscribe(SOCKETS, hear)
    return () => void unsubscribe(SOCKETS, hear)
  }

  /** It connects its first clients at once: they tell where it leads. */
  #connectPool(next: () => Method): Method {
    const { pools } = this.#watch
    return function (this: unknown) {
      return pools.connect((this as { _self?: object })._self ?? (this as object), () =>
        Reflect.apply(next(), this, []),
      )
    }
  }

  #targetOf(client: NodeRedisClient): RedisTarget {
    const known = this.#known(client)
    if (known.target !== undefined) return known.target
    const { database, socket } = known
    const { remoteAddress, remotePort } = socket !== undefined && leadsTo(client, socket) ? socket : {}
    const peer = remoteAddress === undefined ? undefined : { peerAddress: remoteAddress, peerPort: remotePort }
    const target = this.#watch.road.targets.of({ ...endpointOf(client), database, ...peer })
    // Before the connection stands nobody is at the other end.
    if (socket === undefined || peer !== undefined) known.target = target
    return target
  }

  #known(client: NodeRedisClient): KnownClient {
    const self = client._self ?? client
    let known = this.#clients.get(self)
    if (known === undefined) {
      known = { database: self.options?.database ?? 0, socket: undefined, target: undefined }
      this.#clients.set(self, known)
    }
    return known
  }

  #select(client: NodeRedisClient, [, database]: Args): void {
    const known = this.#known(client)
    known.database = Number(database)
    known.target = undefined
  }
}

/** What waits for a client of a pool is run by whoever gives one back. */
function inCallersContext(next: () => Method): Method {
  return function (this: unknown, task: unknown) {
    return Reflect.apply(next(), this, [typeof task === 'function' ? keepContext(task as () => unknown) : task])
  }
}

function endpointOf({ options }: NodeRedisClient): { serverAddress: string; serverPort: number | undefined } {
  const { path, host = 'localhost', port = 6379 } = options?.socket ?? {}
  return path === undefined
    ? { serverAddress: host, serverPort: Number(port) }
    : { serverAddress: path, serverPort: undefined }
}

/** Not so before it is connected. */
function leadsTo(client: NodeRedisClient, { remotePort }: ClientSocket): boolean {
  return remotePort === endpointOf(client).serverPort
}

function batchCommand({ args }: Commands): BatchCommand {
  return { name: args[0], args: args.slice(1) }
}

/** A list of its own: the given one may be the program's. */
function withContextFields(operation: Pick<RedisOperation, 'context'>, args: Args): Args {
  if (typeof args[0] !== 'string' || args[0].toUpperCase() !== 'XADD') return args
  const fields = contextFields(operation.context, args)
  return fields.length === 0 ? args : [...args, ...fields]
}

/** The client's promise goes on to the caller with nothing changed but its end being heard. */
function ended(batch: RedisBatch, replied: Promise<unknown>): Promise<unknown> {
  return replied.then(
    (replies) => {
      const failures = failuresIn(replies)
      if (failures.length === 0) batch.succeed()
      else batch.fail(failures)
      return replies
    },
    (error: unknown) => {
      batch.fail([{ error }])
      throw error
    },
  )
}

/** A transaction succeeds also when commands in it fail: their errors stand among the replies. */
function failuresIn(replies: unknown): BatchFailure[] {
  if (!Array.isArray(replies)) return []
  return replies.flatMap((reply: unknown, index) => (reply instanceof Error ? [{ error: reply, index }] : []))
}
