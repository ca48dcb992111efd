import type { DatabaseSettings, DatabaseTransport } from '../database/index.ts'
import type { Signal } from '../spool/index.ts'
import type { SendResult, Transport } from './transport.ts'

/** Records into a database. What that takes is loaded when there is something to write. */
export class DatabaseSender implements Transport {
  readonly #settings: DatabaseSettings
  readonly #note: (code: string, message: string) => void
  #transport: Promise<DatabaseTransport> | undefined
  /** What was said since the last success. */
  #said: string | undefined

  constructor(settings: DatabaseSettings, note: (code: string, message: string) => void) {
    this.#settings = settings
    this.#note = note
  }

  async send(_signal: Signal, body: Uint8Array): Promise<SendResult> {
    const transport = await (this.#transport ??= this.#load())
    const result = await transport.send(body)
    if (result.kind === 'delivered') this.#said = undefined
    else if (result.kind === 'later' && result.cure !== undefined && this.#said !== result.message) {
      this.#said = result.message
      this.#note('misconfigured', `the database: ${result.message}: ${result.cure}; records wait and are tried again`)
    }
    return result
  }

  async #load(): Promise<DatabaseTransport> {
    const { DatabaseTransport } = await import('../database/index.ts')
    return new DatabaseTransport(this.#settings, this.#note)
  }

  close(): void {
    void this.#transport?.then((transport) => transport.close())
  }
}
