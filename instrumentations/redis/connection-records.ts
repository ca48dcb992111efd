import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { LevelName } from '../../src/logging/index.ts'
import type { Fields } from '../../src/otlp/index.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import { emitRecord } from './redis-record.ts'

const MAX_CONNECTIONS = 1_000

/** Where a connection leads. */
export interface Endpoint {
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
}

interface Connection {
  readonly endpoint: Endpoint
  failures: number
  /** Whether it was there before. */
  stood: boolean
}

/** Tells when connections come and go; attempts that fail in a row are told ever more seldom (the first, second, fourth, eighth …). */
export class ConnectionRecords {
  readonly #connections = new Map<string, Connection>()

  /** A connection is about to be made. */
  begin(id: string, { serverAddress, serverPort }: Endpoint): void {
    if (this.#connections.has(id)) return
    if (this.#connections.size >= MAX_CONNECTIONS) this.#connections.clear()
    this.#connections.set(id, { endpoint: { serverAddress, serverPort }, failures: 0, stood: false })
  }

  /** @param again false for what is known to be a first connection */
  connected(id: string, again = true): void {
    const connection = this.#connections.get(id)
    const reconnected = again && connection?.stood === true
    const attempts =
      connection === undefined || connection.failures === 0 ? undefined : { [ATTRIBUTES.attempts]: connection.failures }
    if (reconnected) this.#say('INFO', 'Redis reconnected', EVENTS.reconnected, connection, attempts)
    else this.#say('INFO', 'Redis connected', EVENTS.connected, connection, attempts)
    if (connection === undefined) return
    connection.failures = 0
    connection.stood = true
  }

  failed(id: string, error: unknown): void {
    const connection = this.#connections.get(id)
    const failures = connection === undefined ? 1 : ++connection.failures
    const isPowerOfTwo = (failures & (failures - 1)) === 0
    if (isPowerOfTwo)
      this.#say(
        'WARNING',
        'Redis connection failed',
        EVENTS.connectionFailed,
        connection,
        { [ATTRIBUTES.attempts]: failures },
        error,
      )
  }

  /** @param wanted whether the application closed it */
  closed(id: string, wanted: boolean): void {
    const connection = this.#connections.get(id)
    if (wanted) this.#connections.delete(id)
    if (wanted) this.#say('INFO', 'Redis disconnected', EVENTS.disconnected, connection)
    else this.#say('WARNING', 'Redis connection lost', EVENTS.disconnected, connection)
  }

  #say(
    level: LevelName,
    message: string,
    event: string,
    connection: Connection | undefined,
    more?: Fields,
    error?: unknown,
  ): void {
    emitRecord({
      level,
      message,
      event,
      fields: { ...endpointFields(connection?.endpoint), ...more },
      context: ROOT_CONTEXT,
      error,
    })
  }
}

function endpointFields({ serverAddress, serverPort }: Endpoint = {}): Fields {
  return {
    ...(serverAddress === undefined ? undefined : { [ATTRIBUTES.serverAddress]: serverAddress }),
    ...(serverPort === undefined ? undefined : { [ATTRIBUTES.serverPort]: serverPort }),
  }
}
