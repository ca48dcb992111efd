import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallListener, CallStore, ChannelSubscriptions } from './channel-subscriptions.ts'
import type { ClientWatch } from './client-watch.ts'
import { HANDSHAKE } from './ioredis-shapes.ts'
import type { BatchFailure, RedisBatch } from './redis-batch.ts'
import type { RedisOperation } from './redis-operation.ts'

interface TargetMessage {
  readonly database?: number
  readonly serverAddress?: string
  readonly serverPort?: number
}

/** What the clients publish about a command; arguments that they take for sensitive are `?` already. */
interface CommandMessage extends TargetMessage {
  readonly command: string
  readonly args: readonly unknown[]
}

/** What they publish about a transaction or pipeline. */
interface BatchMessage extends TargetMessage {
  readonly batchMode: 'MULTI' | 'PIPELINE'
  readonly batchSize: number
  readonly result?: unknown
}

/** Holds while a client sends what belongs to a batch. */
const inBatch = new AsyncLocalStorage<RedisBatch>()
const batchStore: CallStore<RedisBatch, RedisBatch> = { store: inBatch, value: (batch) => batch }

/**
 * Hears the commands of copies whose classes are not found, as those in a bundle, on the channels that they publish themselves.
 * @param first where a command's arguments begin
 */
export function hearCommands(
  subscriptions: ChannelSubscriptions,
  prefix: string,
  first: number,
  watch: ClientWatch,
): void {
  const { road, calls } = watch
  const command: CallListener<CommandMessage, RedisOperation> = {
    begin({ command: name, args, ...target }) {
      const isHandshake = first === 0 && HANDSHAKE.has(name.toLowerCase())
      if (calls.isInside || inBatch.getStore() !== undefined || isHandshake) return undefined
      return road.command(road.targets.of(targetOf(target)), name, args, first)
    },
    succeed: (operation) => operation.succeed(undefined),
    fail: (operation, error) => operation.fail(error),
  }
  const batch: CallListener<BatchMessage, RedisBatch> = {
    begin({ batchMode, batchSize, ...target }) {
      if (calls.isInside) return undefined
      const commands = Array.from({ length: batchSize }, (_, at) => ({ name: at, args: [] }))
      return road.batch(road.targets.of(targetOf(target)), batchMode, commands)
    },
    succeed(running, { result }) {
      const failures = failuresIn(result)
      if (failures.length > 0) running.fail(failures)
      else running.succeed(result === null)
    },
    fail: (running, error) => running.fail([{ error }]),
  }
  subscriptions.onCalls(`${prefix}:command`, command)
  subscriptions.onCalls(`${prefix}:batch`, batch, batchStore)
}

function targetOf({ database, serverAddress, serverPort }: TargetMessage): TargetMessage {
  return { ...(database === undefined ? undefined : { database }), ...(serverAddress === undefined ? undefined : { serverAddress }), ...(serverPort === undefined ? undefined : { serverPort }) } // prettier-ignore
}

/** In `ioredis` errors stand beside the replies. */
function failuresIn(result: unknown): BatchFailure[] {
  if (!Array.isArray(result)) return []
  return result.flatMap((reply: unknown, index) => {
    const error: unknown = Array.isArray(reply) ? reply[0] : reply
    return error instanceof Error ? [{ error, index }] : []
  })
}
