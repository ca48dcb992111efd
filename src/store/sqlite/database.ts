import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { openFile } from './open-file.ts'

const MAX_STATEMENTS = 200

/** A value that a statement takes. */
export type SqlValue = string | number | null | Uint8Array

/** A row that a statement gives. */
export type SqlRow = Record<string, string | number | null | Uint8Array>

/** One connection to a store's file; statements are prepared once. */
export class Database {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #lock: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /**
   * Opens the file, or makes it.
   * @throws {StoreError} that names the path and the cure.
   */
  constructor(path: string) {
    this.path = path
    const { database, lock } = openFile(path)
    this.#database = database
    this.#lock = lock
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  /** A prepared statement; the same text gives the same one. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement !== undefined) return statement
    statement = this.#database.prepare(sql)
    if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
    this.#statements.set(sql, statement)
    return statement
  }

  /**
   * A prepared statement that writes. Its result is in BigInts: SQLite's "last rowid" may be one that the word index uses
   * inside, which no number can hold.
   */
  prepareWrite(sql: string): StatementSync {
    const statement = this.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.prepare(sql).all(...values) as SqlRow[]
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.prepare(sql).get(...values) as SqlRow | undefined
  }

  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.prepareWrite(sql).run(...values).changes)
  }

  /** Bytes in use; pages freed by deletion are used again and not counted. */
  usedBytes(): number {
    const pages = numberOf(this.get('select page_count as n from pragma_page_count'))
    const free = numberOf(this.get('select freelist_count as n from pragma_freelist_count'))
    return (pages - free) * numberOf(this.get('select page_size as n from pragma_page_size'))
  }

  close(): void {
    this.#statements.clear()
    try {
      this.#database.close()
    } finally {
      this.#lock.close()
    }
  }
}

/** The column `n` of a row. */
export function numberOf(row: SqlRow | undefined): number {
  const value = row?.['n']
  return typeof value === 'number' ? value : 0
}
