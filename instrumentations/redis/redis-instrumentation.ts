import type { Context } from '@opentelemetry/api'
import { activeContext } from '../../src/context/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import { ChannelSubscriptions, type CallListener, type CallStore } from './channel-subscriptions.ts'
import { ConnectionRecords, type Endpoint } from './connection-records.ts'
import { DurationMetric } from './duration-metric.ts'
import { batchCall, commandCall, type BatchMessage, type CommandMessage, type RedisCall } from './redis-call.ts'
import { RedisOperation, type OperationParts } from './redis-operation.ts'
import type { RedisSettings } from './redis-settings.ts'
import { placeOf, surroundings, type Surrounding } from './surroundings.ts'

interface IoredisConnect extends Endpoint {
  readonly connectionEpoch: number
}

interface ClientEvent {
  readonly clientId?: string
}

interface ClosedEvent extends ClientEvent {
  readonly reason: string
  readonly wasConnected: boolean
}

interface ErrorEvent extends ClientEvent {
  readonly error: unknown
}

const COVERED = "redis from 5.12, ioredis from 5.11; for older ones: init({ instrumentations: ['redis', 'ioredis'] })"

/**
 * Watches `redis` from 5.12 and `ioredis` from 5.11 on the diagnostics channels that they publish themselves: whatever loaded them, and whenever.
 */
export class RedisInstrumentation implements Instrumentation {
  readonly name = 'redis'
  readonly #parts: OperationParts
  #connections = new ConnectionRecords()
  #subscriptions: ChannelSubscriptions | undefined

  constructor({ slowMillis }: RedisSettings) {
    this.#parts = { slowMillis, duration: new DurationMetric(), told: new WeakSet() }
  }

  enable(): void {
    if (this.#subscriptions !== undefined) return
    const subscriptions = new ChannelSubscriptions()
    this.#subscriptions = subscriptions
    this.#connections = new ConnectionRecords()
    this.#watchRedis(subscriptions)
    this.#watchIoredis(subscriptions)
  }

  disable(): void {
    this.#subscriptions?.end()
    this.#subscriptions = undefined
  }

  status(): InstrumentationStatus {
    const active = this.#subscriptions !== undefined
    return {
      name: this.name,
      active,
      detail: active ? COVERED : 'not enabled',
    }
  }

  #watchRedis(subscriptions: ChannelSubscriptions): void {
    const connections = this.#connections
    subscriptions.onCalls<CommandMessage, RedisOperation, never>(
      'node-redis:command',
      this.#operations((message) => commandCall(message, true)),
    )
    subscriptions.onCalls('node-redis:batch', this.#operations(batchCall), inBatch)
    const connecting: CallListener<ClientEvent & Endpoint, Context> = {
      begin: ({ clientId = '', ...endpoint }) => {
        connections.begin(clientId, endpoint)
        return activeContext()
      },
      succeed() {},
      fail() {},
    }
    subscriptions.onCalls('node-redis:connect', connecting, inConnection)
    subscriptions.on('node-redis:connection:ready', ({ clientId = '' }: ClientEvent) => connections.connected(clientId))
    subscriptions.on('node-redis:connection:closed', ({ clientId = '', reason, wasConnected }: ClosedEvent) => {
      if (wasConnected) connections.closed(clientId, reason === 'application_close')
    })
    subscriptions.on('node-redis:error', ({ clientId = '', error }: ErrorEvent) => connections.failed(clientId, error))
  }

  #watchIoredis(subscriptions: ChannelSubscriptions): void {
    const connections = this.#connections
    subscriptions.onCalls<CommandMessage, RedisOperation, never>(
      'ioredis:command',
      this.#operations((message) => commandCall(message, false)),
    )
    subscriptions.onCalls('ioredis:batch', this.#operations(batchCall), inBatch)
    const connecting: CallListener<IoredisConnect, Context> = {
      begin: (message) => {
        connections.begin(endpointId(message), message)
        return activeContext()
      },
      succeed: (_, message) => connections.connected(endpointId(message), message.connectionEpoch > 0),
      fail: (_, error, message) => connections.failed(endpointId(message), error),
    }
    subscriptions.onCalls('ioredis:connect', connecting, inConnection)
  }

  #operations<M extends CommandMessage | BatchMessage>(
    callOf: (message: M) => RedisCall,
  ): CallListener<M, RedisOperation> {
    return {
      begin: (message) => {
        const call = callOf(message)
        const place = placeOf(call.name)
        return place === undefined ? undefined : new RedisOperation(call, this.#parts, place.context, place.traced)
      },
      succeed: (operation, message) => {
        const error = 'batchMode' in message ? errorInside((message as { result?: unknown }).result) : undefined
        if (error === undefined) operation.succeed()
        else operation.fail(error)
      },
      fail: (operation, error) => operation.fail(error),
    }
  }
}

const inBatch: CallStore<RedisOperation, Surrounding> = { store: surroundings, value: (batch) => ({ batch }) }
const inConnection: CallStore<Context, Surrounding> = { store: surroundings, value: (connectedIn) => ({ connectedIn }) }

/** A transaction succeeds also when commands in it fail: their errors stand in its result, in `ioredis` beside the replies. */
function errorInside(result: unknown): Error | undefined {
  if (!Array.isArray(result)) return undefined
  for (const reply of result as unknown[]) {
    if (reply instanceof Error) return reply
    if (Array.isArray(reply) && reply[0] instanceof Error) return reply[0]
  }
  return undefined
}

function endpointId({ serverAddress, serverPort }: Endpoint): string {
  return `${serverAddress ?? ''}:${serverPort ?? ''}`
}
