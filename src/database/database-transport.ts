import { randomUUID } from 'node:crypto'
import { decodeLogs } from '../otlp/decode-request.ts'
import { auditRow, type AuditRow } from './audit-row.ts'
import type { AuditTable, DatabaseSettings } from './audit-table.ts'
import { chainKey } from './chain-key.ts'
import { failureOf, type WriteFailure } from './failure-of.ts'
import { openTable } from './open-table.ts'
import { ChainHasher, RowChain } from './row-chain.ts'

/** What became of a request. */
export type WriteResult =
  { readonly kind: 'delivered'; readonly rejected: number; readonly message: string } | WriteFailure

interface OpenTable {
  readonly table: AuditTable
  readonly chain: RowChain
}

/**
 * Writes requests of records into the table, each row a link of this writer's chain. A record that stands there already, since its request came twice, is left as it is.
 * After a failure nobody knows how far the chain came: then it begins a new one, as another writer.
 */
export class DatabaseTransport {
  readonly #settings: DatabaseSettings
  readonly #note: (code: string, message: string) => void
  #open: OpenTable | undefined
  /** One request after the other: there is one chain. */
  #last: Promise<unknown> = Promise.resolve()
  #closed = false

  /** @param note hears what a user should know */
  constructor(settings: DatabaseSettings, note: (code: string, message: string) => void) {
    this.#settings = settings
    this.#note = note
  }

  /** Writes one export request of records. Never rejects. */
  send(body: Uint8Array): Promise<WriteResult> {
    const result = this.#last.then(() => this.#send(body))
    this.#last = result
    return result
  }

  async #send(body: Uint8Array): Promise<WriteResult> {
    try {
      const rows = decodeLogs(body, 'protobuf', Date.now()).map(auditRow)
      await this.#write((this.#open ??= await this.#openTable()), rows)
      return { kind: 'delivered', rejected: 0, message: '' }
    } catch (error) {
      await this.#forget()
      return failureOf(error)
    }
  }

  async #openTable(): Promise<OpenTable> {
    if (this.#closed) throw new Error('the database output is closed')
    const key = chainKey(this.#settings.key, (file) =>
      this.#note(
        'audit_key',
        `made the key of the audit chain, ${file}: keep a copy elsewhere, since without it nothing can be verified`,
      ),
    )
    const table = await openTable(this.#settings)
    try {
      await table.migrate()
    } catch (error) {
      await table.close()
      throw error
    }
    return { table, chain: new RowChain(new ChainHasher(key), randomUUID()) }
  }

  async #write({ table, chain }: OpenTable, rows: readonly AuditRow[]): Promise<void> {
    const known = await table.known(rows.flatMap(({ uid }) => uid ?? []))
    const fresh = unique(rows).filter(({ uid }) => uid === null || !known.has(uid))
    if (fresh.length === 0) return
    const linked = chain.link(fresh)
    await table.append(linked.rows, linked.end)
    chain.advance(linked.end)
  }

  async #forget(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.table.close().catch(() => {})
  }

  close(): void {
    this.#closed = true
    void this.#last.then(() => this.#forget())
  }
}

/** Without rows whose uid another one before them has. */
function unique(rows: readonly AuditRow[]): AuditRow[] {
  const seen = new Set<string>()
  return rows.filter(({ uid }) => uid === null || (!seen.has(uid) && seen.add(uid).size > 0))
}
