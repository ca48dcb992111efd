import type Pg from 'pg'
import type { AuditTable } from './audit-table.ts'
import { ROW_COLUMNS } from './audit-row.ts'
import type { ChainedRow, Checkpoint } from './row-chain.ts'
import { CHECKPOINT_COLUMNS, schemaStatements, TABLE_COLUMNS } from './table-schema.ts'

/** `json` keeps the text as it is written, which is what is hashed; `jsonb` would order its keys anew. */
const DIALECT = { time: 'timestamptz(3)', json: 'json', number: 'double precision', integer: 'bigint' }
const TIMEOUT_MILLIS = 10_000
/** Serialises migrations of processes that start together. */
const MIGRATION_LOCK = 7_362_401_191

/** What its types leave out. */
type Client = Pg.Client & { ref(): void; unref(): void }

/** The table in a PostgreSQL database, by the package `pg`, which the application has to have. */
export class PostgresTable implements AuditTable {
  readonly #client: Client
  readonly #table: string

  private constructor(client: Client, table: string) {
    this.#client = client
    this.#table = table
  }

  /** Connects. @throws when the package is not there, or the database does not answer */
  static async connect(url: string, table: string, readOnly = false): Promise<PostgresTable> {
    const pg = await loadDriver()
    const client = new pg.Client({
      connectionString: url,
      application_name: 'clew',
      connectionTimeoutMillis: TIMEOUT_MILLIS,
      // Who only reads may have many rows to look through.
      ...(readOnly ? undefined : { query_timeout: TIMEOUT_MILLIS }),
    }) as Client
    // A connection that breaks shows in the next query.
    client.on('error', () => {})
    await client.connect()
    return new PostgresTable(client, table)
  }

  async migrate(): Promise<void> {
    const table = this.#table
    const guard = `create or replace function ${table}_append_only() returns trigger language plpgsql as
      $$ begin raise exception '% is append-only', tg_table_name; end $$`
    const triggers = ['update', 'delete', 'truncate'].flatMap((act) => [
      `drop trigger if exists no_${act} on ${table}`,
      `create trigger no_${act} before ${act} on ${table} for each statement execute function ${table}_append_only()`,
    ])
    await this.#atomically(async () => {
      await this.#client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
      const { rows } = await this.#client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
        `${table}_checkpoints`,
      ])
      if (rows[0]?.there === true) return
      for (const statement of [...schemaStatements(table, DIALECT), guard, ...triggers])
        await this.#client.query(statement)
    })
  }

  async known(uids: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = `select uid from ${this.#table} where uid = any($1)`
    const { rows } = await this.#awake(() => this.#client.query<{ uid: string }>(sql, [uids]))
    return new Set(rows.map(({ uid }) => uid))
  }

  async append(rows: readonly ChainedRow[], end: Checkpoint): Promise<void> {
    // One array for each column: as many rows as there are, in one statement.
    const columns = TABLE_COLUMNS.map((column) => rows.map((row) => row[column]))
    const types = TABLE_COLUMNS.map((column) => TYPES[column] ?? 'text')
    const arrays = types.map((type, index) => `$${index + 1}::${type}[]`)
    await this.#atomically(async () => {
      const insert = `insert into ${this.#table} (${TABLE_COLUMNS.join(', ')}) select * from unnest(${arrays.join(', ')})`
      await this.#client.query(insert, columns)
      await this.#client.query(
        `insert into ${this.#table}_checkpoints (${CHECKPOINT_COLUMNS.join(', ')}) values ($1, $2, $3, $4, $5)
        on conflict (writer) do update set seq = excluded.seq, hash = excluded.hash, key_id = excluded.key_id, signature = excluded.signature`,
        CHECKPOINT_COLUMNS.map((column) => end[column]),
      )
    })
  }

  async checkpoints(): Promise<readonly Checkpoint[]> {
    const { rows } = await this.#client.query<InDatabase<Checkpoint>>(
      `select * from ${this.#table}_checkpoints order by writer`,
    )
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }))
  }

  async writers(): Promise<readonly string[]> {
    const sql = `select distinct writer from ${this.#table} order by writer`
    const { rows } = await this.#client.query<{ writer: string }>(sql)
    return rows.map(({ writer }) => writer)
  }

  async rows(writer: string, afterSeq: number, limit: number): Promise<readonly ChainedRow[]> {
    const columns = [...ROW_COLUMNS, 'seq', 'writer', 'prev_hash', 'hash'].map((column) =>
      column === 'metadata' ? 'metadata::text' : column,
    )
    const sql = `select ${columns.join(', ')} from ${this.#table} where writer = $1 and seq > $2 order by seq limit $3`
    const { rows } = await this.#client.query<InDatabase<ChainedRow>>(sql, [writer, afterSeq, limit])
    return rows.map((row) => ({
      ...row,
      seq: Number(row.seq),
      timestamp: row.timestamp.toISOString(),
    }))
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  #atomically(act: () => Promise<void>): Promise<void> {
    return this.#awake(async () => {
      await this.#client.query('begin')
      try {
        await act()
        await this.#client.query('commit')
      } catch (error) {
        await this.#client.query('rollback').catch(() => {})
        throw error
      }
    })
  }

  /** A connection that only waits for the next rows keeps no process alive. */
  async #awake<R>(act: () => Promise<R>): Promise<R> {
    this.#client.ref()
    try {
      return await act()
    } finally {
      this.#client.unref()
    }
  }
}

/** In a `try`, so that a bundler takes its absence for a possibility. */
async function loadDriver(): Promise<typeof Pg> {
  try {
    return (await import('pg')).default
  } catch (error) {
    const why = `PostgreSQL takes the package pg, which can't be loaded (${String(error)})`
    throw Object.assign(new Error(why, { cause: error }), { code: 'ERR_MODULE_NOT_FOUND' })
  }
}

/** Rows as the driver gives them: 64-bit integers are text, times are dates. */
type InDatabase<Row> = Omit<Row, 'seq' | 'timestamp'> & { readonly seq: string; readonly timestamp: Date }

const TYPES: Readonly<Record<string, string>> = {
  timestamp: 'timestamptz',
  duration_ms: 'double precision',
  metadata: 'json',
  seq: 'bigint',
}
