import { activeContext } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import type { ClientWatch } from './client-watch.ts'
import type { IoredisClient, IoredisCommand } from './ioredis-shapes.ts'
import type { BatchFailure, RedisBatch } from './redis-batch.ts'
import type { RedisTarget } from './redis-target.ts'
import { contextFields } from './stream-context.ts'

/** A pipeline of `ioredis`, which a transaction is, too. */
export interface IoredisPipeline {
  readonly isPipeline: true
  readonly redis: IoredisClient
  readonly _queue: readonly IoredisCommand[]
  /** Transactions that were begun and are not executed yet. */
  readonly _transactions: number
  resolve: (this: void, results: unknown) => void
  reject: (this: void, error: unknown) => void
}

/** What commands outside of pipelines are begun with. */
export interface CommandWatch {
  readonly targetOf: (client: IoredisClient) => RedisTarget
  readonly begin: (client: IoredisClient, command: IoredisCommand) => void
}

/** Pipelines that the client makes by itself, of calls from all over the program, with `enableAutoPipelining`: they have this own key. */
const AUTOMATIC = 'exec'

/** Has pipelines tell of themselves as one operation each, and automatic ones of each command. */
export class PipelineWatch {
  readonly #watch: ClientWatch
  readonly #commands: CommandWatch
  readonly #seen = new WeakSet<IoredisPipeline>()
  readonly #automatic = new WeakMap<IoredisPipeline, boolean>()
  /** The one whose commands are being sent. */
  #sending: RedisBatch | undefined

  constructor(watch: ClientWatch, commands: CommandWatch) {
    this.#watch = watch
    this.#commands = commands
  }

  apply(prototype: object): Restore[] {
    return [
      patchMethod(prototype, 'sendCommand', (next) => this.#queue(next)),
      patchMethod(prototype, 'exec', (next) => this.#execute(next)),
    ]
  }

  /** A command of a pipeline is sent. */
  sentTo(target: RedisTarget): void {
    this.#sending?.sentTo(target)
  }

  #queue(next: () => Method): Method {
    const queued = (pipeline: IoredisPipeline, command: IoredisCommand): void => {
      if (this.#isAutomatic(pipeline)) this.#commands.begin(pipeline.redis, command)
      else if (this.#watch.road.settings.streamContext && command.name.toUpperCase() === 'XADD')
        command.args.push(...contextFields(activeContext(), command.args))
    }
    return function (this: unknown, command: unknown) {
      queued(this as IoredisPipeline, command as IoredisCommand)
      return Reflect.apply(next(), this, [command])
    }
  }

  #isAutomatic(pipeline: IoredisPipeline): boolean {
    let automatic = this.#automatic.get(pipeline)
    if (automatic === undefined) {
      automatic = Object.getOwnPropertySymbols(pipeline).some(({ description }) => description === AUTOMATIC)
      this.#automatic.set(pipeline, automatic)
    }
    return automatic
  }

  /** It is called again for what a cluster redirects. */
  #execute(next: () => Method): Method {
    const begin = (pipeline: IoredisPipeline): RedisBatch | undefined => this.#begin(pipeline)
    const send = (batch: RedisBatch | undefined, fn: () => unknown): unknown => this.#send(batch, fn)
    return function (this: unknown, ...args: unknown[]) {
      return send(begin(this as IoredisPipeline), () => Reflect.apply(next(), this, args))
    }
  }

  #send(batch: RedisBatch | undefined, fn: () => unknown): unknown {
    const before = this.#sending
    this.#sending = batch
    try {
      return fn()
    } finally {
      this.#sending = before
    }
  }

  #begin(pipeline: IoredisPipeline): RedisBatch | undefined {
    if (pipeline._transactions > 0 || pipeline._queue.length === 0) return undefined
    if (this.#seen.has(pipeline) || this.#isAutomatic(pipeline)) return undefined
    this.#seen.add(pipeline)
    const names = pipeline._queue.map(({ name }) => name.toLowerCase())
    const isMulti = names[0] === 'multi' && names.at(-1) === 'exec'
    const commands = isMulti ? pipeline._queue.slice(1, -1) : pipeline._queue
    const target = this.#commands.targetOf(pipeline.redis)
    const batch = this.#watch.road.batch(target, isMulti ? 'MULTI' : 'PIPELINE', commands)
    if (batch !== undefined) hearEnd(pipeline, batch, isMulti)
    return batch
  }
}

function hearEnd(pipeline: IoredisPipeline, batch: RedisBatch, isMulti: boolean): void {
  const { resolve, reject } = pipeline
  pipeline.resolve = (results) => {
    resolve(results)
    const failures = isMulti ? transactionFailures(results) : pipelineFailures(results)
    if (failures.length > 0) batch.fail(failures)
    else batch.succeed(isMulti && isDiscarded(results))
  }
  pipeline.reject = (error) => {
    reject(error)
    batch.fail([{ error }])
  }
}

type Result = readonly [error: unknown, reply?: unknown]

function pipelineFailures(results: unknown): BatchFailure[] {
  return (results as readonly Result[]).flatMap(([error], index) => (error instanceof Error ? [{ error, index }] : []))
}

/** The replies to its commands stand in the one to EXEC; what was refused before is why that failed. */
function transactionFailures(results: unknown): BatchFailure[] {
  const all = results as readonly Result[]
  const refused = pipelineFailures(all.slice(1, -1))
  const [error, replies] = all.at(-1) ?? [undefined]
  if (error instanceof Error) return refused.length > 0 ? refused : [{ error }]
  if (!Array.isArray(replies)) return refused
  return replies.flatMap((reply: unknown, index) => (reply instanceof Error ? [{ error: reply, index }] : []))
}

/** EXEC answers nothing when a watched key was changed. */
function isDiscarded(results: unknown): boolean {
  return (results as readonly Result[]).at(-1)?.[1] === null
}
