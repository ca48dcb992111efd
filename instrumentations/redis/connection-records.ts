import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { Fields } from '../../src/otlp/index.ts'
import { ATTRIBUTES, EVENTS } from './attributes.ts'
import { emitRecord } from './redis-record.ts'

const MAX_CONNECTIONS = 1_000

interface Connection {
  failures: number
  /** Whether it was there before. */
  stood: boolean
}

/** Where a connection leads. */
export interface Endpoint {
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
}

/** Tells when connections come and go; attempts that fail in a row are told ever more seldom (the first, second, fourth, eighth …). */
export class ConnectionRecords {
  readonly #connections = new Map<string, Connection>()

  /** @param again false for what is known to be a first connection */
  connected(id: string, endpoint: Endpoint, again = true): void {
    const known = this.#connections.get(id)
    const reconnected = again && known?.stood === true
    const fields = { ...endpointFields(endpoint), ...(known !== undefined && known.failures > 0 ? { [ATTRIBUTES.attempts]: known.failures } : undefined) }
    emitRecord({
      level: 'INFO',
      message: reconnected ? 'Redis reconnected' : 'Redis connected',
      event: reconnected ? EVENTS.reconnected : EVENTS.connected,
      fields,
      context: ROOT_CONTEXT,
    })
    this.#keep(id, { failures: 0, stood: true })
  }

  failed(id: string, endpoint: Endpoint, error: unknown): void {
    const connection = this.#connections.get(id) ?? { failures: 0, stood: false }
    this.#keep(id, connection)
    const failures = ++connection.failures
    if ((failures & (failures - 1)) !== 0) return
    const fields = { ...endpointFields(endpoint), [ATTRIBUTES.attempts]: failures }
    emitRecord({ level: 'WARNING', message: 'Redis connection failed', event: EVENTS.connectionFailed, fields, context: ROOT_CONTEXT, error })
  }

  /** @param wanted whether the application closed it */
  closed(id: string, wanted: boolean): void {
    if (wanted) this.#connections.delete(id)
    emitRecord({
      level: wanted ? 'INFO' : 'WARNING',
      message: wanted ? 'Redis disconnected' : 'Redis connection lost',
      event: EVENTS.disconnected,
      fields: {},
      context: ROOT_CONTEXT,
    })
  }

  #keep(id: string, connection: Connection): void {
    if (this.#connections.size >= MAX_CONNECTIONS && !this.#connections.has(id)) this.#connections.clear()
    this.#connections.set(id, connection)
  }
}

function endpointFields({ serverAddress, serverPort }: Endpoint): Fields {
  return {
    ...(serverAddress === undefined ? undefined : { [ATTRIBUTES.serverAddress]: serverAddress }),
    ...(serverPort === undefined ? undefined : { [ATTRIBUTES.serverPort]: serverPort }),
  }
}
