import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { LazyHistogram, type BoundHistogram } from '../bound-histogram.ts'
import { ATTRIBUTES, EVENTS, METRICS } from './attributes.ts'
import { COMPONENT, emitRecord } from './redis-record.ts'
import type { RedisTarget } from './redis-target.ts'
import { shownError } from './reply-error.ts'

const MAX_CONNECTIONS = 1_000
const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
const NO_COMMAND = { name: 'CONNECT', kind: 0, isIgnored: false, isScript: false }

interface Connection {
  readonly target: RedisTarget
  began: number
  failures: number
  state: 'new' | 'open' | 'lost' | 'down'
  /** Why it is about to be lost, or what was heard last: some clients tell the same twice. */
  cause: unknown
  /** How long callers waited for it, where it belongs to a pool. */
  wait: BoundHistogram | undefined
}

/** A client, or the id that its channels know it by. */
export type ConnectionKey = string | object

/** Tells when connections come and go; attempts that fail in a row are told ever more seldom (the first, second, fourth, eighth …). */
export class ConnectionRecords {
  readonly #connections = new Map<ConnectionKey, Connection>()
  readonly #createTime = histogram(METRICS.createTime, 'The time it took to create a new connection.')
  readonly #waitTime = histogram(METRICS.waitTime, 'The time it took to obtain an open connection from the pool.')

  /** A connection is about to be made, or made anew. */
  begin(key: ConnectionKey, target: RedisTarget): void {
    const known = this.#connections.get(key)
    if (known !== undefined) {
      known.began = performance.now()
      return
    }
    if (this.#connections.size >= MAX_CONNECTIONS) this.#evict()
    if (this.#connections.size < MAX_CONNECTIONS)
      this.#connections.set(key, { target, began: performance.now(), failures: 0, state: 'new', cause: undefined, wait: undefined }) // prettier-ignore
  }

  connected(key: ConnectionKey): void {
    const connection = this.#connections.get(key)
    if (connection === undefined || connection.state === 'open') return
    const { state, failures, target, began } = connection
    const attempts = failures === 0 ? undefined : { [ATTRIBUTES.attempts]: failures }
    if (state === 'new') say(target, 'INFO', 'Redis connected', EVENTS.connected, attempts)
    else say(target, 'INFO', 'Redis reconnected', EVENTS.reconnected, attempts)
    Object.assign(connection, { failures: 0, state: 'open', cause: undefined })
    target.load.connections++
    const seconds = (performance.now() - began) / 1_000
    this.#createTime.current.record(seconds, { [ATTRIBUTES.poolName]: target.load.poolName }, ROOT_CONTEXT)
  }

  /** An attempt failed; or a connection is about to be lost, or was in this moment. */
  failed(key: ConnectionKey, error: unknown): void {
    const connection = this.#connections.get(key)
    if (connection === undefined || (connection.cause === error && error !== undefined)) return
    connection.cause = error
    if (connection.state === 'open') return
    // Clients that still try move behind those that gave up, which is not always heard.
    this.#connections.delete(key)
    this.#connections.set(key, connection)
    if (connection.state === 'lost') {
      this.#sayLost(connection, error)
      return
    }
    const failures = ++connection.failures
    const isPowerOfTwo = (failures & (failures - 1)) === 0
    if (isPowerOfTwo)
      say(connection.target, 'WARNING', 'Redis connection failed', EVENTS.connectionFailed, { [ATTRIBUTES.attempts]: failures }, error) // prettier-ignore
  }

  /**
   * @param wanted whether the application closed it
   * @param isTold whether the cause, if there is one, was told before; else it may come next
   */
  closed(key: ConnectionKey, wanted: boolean, isTold = true): void {
    const connection = this.#connections.get(key)
    if (wanted) this.#connections.delete(key)
    if (connection?.state !== 'open') return
    connection.target.load.connections--
    connection.state = 'lost'
    if (wanted) say(connection.target, 'INFO', 'Redis disconnected', EVENTS.disconnected)
    else if (isTold || connection.cause !== undefined) this.#sayLost(connection, connection.cause)
  }

  /** A pool gave it to a caller, who had waited for it since then, by `performance.now()`. */
  waited(key: ConnectionKey, since: number): void {
    const connection = this.#connections.get(key)
    if (connection === undefined) return
    connection.wait ??= this.#waitTime.bind({ [ATTRIBUTES.poolName]: connection.target.load.poolName })
    connection.wait.record((performance.now() - since) / 1_000, ROOT_CONTEXT)
  }

  /** It will not be made anew. */
  ended(key: ConnectionKey): void {
    this.#connections.delete(key)
  }

  /** Forgets the one that is not open and was not heard of for the longest time. */
  #evict(): void {
    for (const [key, { state }] of this.#connections)
      if (state !== 'open') {
        this.#connections.delete(key)
        return
      }
  }

  #sayLost(connection: Connection, error: unknown): void {
    connection.state = 'down'
    say(connection.target, 'WARNING', 'Redis connection lost', EVENTS.disconnected, undefined, error)
  }
}

function histogram(name: string, description: string): LazyHistogram {
  return new LazyHistogram({ scope: COMPONENT, name, description, boundaries: BOUNDARIES })
}

function say(
  target: RedisTarget,
  level: LevelName,
  message: string,
  event: string,
  more?: Fields,
  error?: unknown,
): void {
  const { [ATTRIBUTES.namespace]: _, ...fields } = target.metricAttributes
  const shown = error === undefined ? undefined : shownError(error, { shape: NO_COMMAND, args: [], caller: undefined })
  emitRecord({ level, message, event, fields: { ...fields, ...more }, context: ROOT_CONTEXT, error: shown })
}
