import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { isMainThread } from 'node:worker_threads'
import type { AuditTable } from './audit-table.ts'
import type { ChainedRow, Checkpoint } from './row-chain.ts'
import { CHECKPOINT_COLUMNS, schemaStatements, TABLE_COLUMNS } from './table-schema.ts'

/** How long another writer is waited for: hardly, where that would block the application; what could not be written is tried again. */
const BUSY_MILLIS = isMainThread ? 100 : 5_000
/** Who only reads is a program of its own. */
const READ_BUSY_MILLIS = 5_000
const DIALECT = { time: 'text', json: 'text', number: 'real', integer: 'integer' }

/** The table in a SQLite file; several processes may share it. Its methods block their thread while the disk works. */
export class SqliteTable implements AuditTable {
  readonly #database: DatabaseSync
  readonly #table: string

  /** Opens the file, or makes it, readable by its owner only. */
  constructor(path: string, table: string, readOnly = false) {
    if (!readOnly) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      closeSync(openSync(path, 'a', 0o600))
    }
    // Not imported: a bundle would load it at the start, which Node 22 warns of.
    const sqlite = process.getBuiltinModule('node:sqlite')
    this.#database = new sqlite.DatabaseSync(path, { readOnly, timeout: readOnly ? READ_BUSY_MILLIS : BUSY_MILLIS })
    // An answer means that it stands on the disk, also when the power fails.
    if (!readOnly) this.#database.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#table = table
  }

  async migrate(): Promise<void> {
    const table = this.#table
    const guards = [
      ['update', `${table}_checkpoints`, 'when new.seq < old.seq'],
      ['update', table, ''],
      ['delete', table, ''],
    ].map(
      ([act, of, when]) => `create trigger if not exists ${of}_no_${act} before ${act} on ${of} ${when}
        begin select raise(abort, '${of} is append-only'); end`,
    )
    this.#atomically(() => {
      for (const statement of [...schemaStatements(table, DIALECT), ...guards]) this.#database.exec(statement)
    })
  }

  async known(uids: readonly string[]): Promise<ReadonlySet<string>> {
    const found = this.#all(`select uid from ${this.#table} where uid in (select value from json_each(?))`, [
      JSON.stringify(uids),
    ])
    return new Set(found.map(({ uid }) => uid as string))
  }

  async append(rows: readonly ChainedRow[], end: Checkpoint): Promise<void> {
    const places = TABLE_COLUMNS.map(() => '?').join(', ')
    const insert = this.#database.prepare(`insert into ${this.#table} (${TABLE_COLUMNS.join(', ')}) values (${places})`)
    this.#atomically(() => {
      for (const row of rows) insert.run(...TABLE_COLUMNS.map((column) => row[column]))
      this.#database
        .prepare(
          `insert into ${this.#table}_checkpoints (${CHECKPOINT_COLUMNS.join(', ')}) values (?, ?, ?, ?, ?)
          on conflict (writer) do update set seq = excluded.seq, hash = excluded.hash, key_id = excluded.key_id, signature = excluded.signature`,
        )
        .run(...CHECKPOINT_COLUMNS.map((column) => end[column]))
    })
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    return this.#all(`select * from ${this.#table}_checkpoints order by writer`) as unknown as Checkpoint[]
  }

  async writers(): Promise<readonly string[]> {
    return this.#all(`select distinct writer from ${this.#table} order by writer`).map(({ writer }) => writer as string)
  }

  async rows(writer: string, afterSeq: number, limit: number): Promise<readonly ChainedRow[]> {
    const sql = `select * from ${this.#table} where writer = ? and seq > ? order by seq limit ?`
    return this.#all(sql, [writer, afterSeq, limit]) as unknown as ChainedRow[]
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #all(sql: string, values: readonly SQLInputValue[] = []): Record<string, unknown>[] {
    return this.#database.prepare(sql).all(...values)
  }

  #atomically(act: () => void): void {
    this.#database.exec('begin immediate')
    try {
      act()
      this.#database.exec('commit')
    } catch (error) {
      // Where the disk is full SQLite has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }
}
