import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditRow } from '../../src/database/audit-row.ts'
import { ROW_COLUMNS } from '../../src/database/audit-row.ts'
import { AUDIT_LOG_COLUMNS } from '../../src/fields/index.ts'
import { ChainHasher, openTable, verifyChains, type AuditTable, type Checkpoint } from '../../src/database/index.ts'
import { RowChain } from '../../src/database/row-chain.ts'
import { hasPostgres, startPostgres, type PostgresServer } from '../support/postgres-server.ts'

/** A database of its own for each test. */
interface Engine {
  open(): Promise<AuditTable>
  run(...statements: string[]): Promise<void>
  /** Runs statements as an administrator who stops at nothing. */
  tamper(...statements: string[]): Promise<void>
  close(): Promise<void>
}

const TABLE = 'audit_logs'

async function sqliteEngine(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'clew-table-'))
  const path = join(directory, 'audit.db')
  const guards = [`${TABLE}_no_update`, `${TABLE}_no_delete`, `${TABLE}_checkpoints_no_update`]
  const run = async (...statements: string[]): Promise<void> => {
    const database = new DatabaseSync(path)
    try {
      for (const statement of statements) database.exec(statement)
    } finally {
      database.close()
    }
  }
  return {
    open: () => openTable({ url: `sqlite:${path}`, table: TABLE }),
    run,
    tamper: (...statements) => run(...guards.map((guard) => `drop trigger ${guard}`), ...statements),
    close: () => rm(directory, { recursive: true }),
  }
}

async function postgresEngine({ url }: PostgresServer): Promise<Engine> {
  const run = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  return {
    open: () => openTable({ url, table: TABLE }),
    run,
    tamper: (...statements) => run(`alter table ${TABLE} disable trigger all`, ...statements),
    close: () => run(`drop table if exists ${TABLE}, ${TABLE}_checkpoints`),
  }
}

const withPostgres = hasPostgres()
let server: PostgresServer | undefined
beforeAll(async () => {
  if (withPostgres) server = await startPostgres()
})
afterAll(() => server?.stop())

const hasher = new ChainHasher('a key of more than 16 characters')
let number = 0

function row(part: Partial<AuditRow> = {}): AuditRow {
  const none = Object.fromEntries(ROW_COLUMNS.map((column) => [column, null])) as unknown as AuditRow
  number++
  return {
    ...none,
    timestamp: new Date(1_700_000_000_123 + number * 60_000).toISOString(),
    level: 'INFO',
    component: 'orders',
    message: `row ${number}`,
    channel: 'app',
    uid: `uid-${number}`,
    ...part,
  }
}

const ENGINES = [
  ['SQLite', () => sqliteEngine()],
  ...(withPostgres ? [['PostgreSQL', () => postgresEngine(server as PostgresServer)] as const] : []),
] as const

test('the columns are those of the field map, and the service', () => {
  const chain = ['seq', 'writer', 'prev_hash', 'hash']
  expect(new Set([...ROW_COLUMNS, ...chain])).toEqual(new Set([...AUDIT_LOG_COLUMNS, 'service']))
})

describe.each(ENGINES)('the table in %s', (_name, createEngine) => {
  let engine: Engine
  let table: AuditTable
  beforeEach(async () => {
    engine = await createEngine()
    table = await engine.open()
    await table.migrate()
  })
  afterEach(async () => {
    await table.close()
    await engine.close()
  })

  /** Writes chains of so many rows each. */
  async function write(...lengths: number[]): Promise<void> {
    for (const [index, length] of lengths.entries()) {
      const chain = new RowChain(hasher, `writer-${index + 1}`)
      for (let half = 0; half < 2; half++) {
        const linked = chain.link(Array.from({ length: length / 2 }, () => row()))
        await table.append(linked.rows, linked.end)
        chain.advance(linked.end)
      }
    }
  }
  const broken = async (elsewhere?: readonly Checkpoint[]): Promise<unknown[]> =>
    (await verifyChains(table, hasher, elsewhere)).flatMap(({ broken: found }) =>
      found === undefined ? [] : [[found.writer, found.seq, found.problem]],
    )

  test('is made once, however often and by however many at once it is asked for', async () => {
    const others = await Promise.all([engine.open(), engine.open()])
    await Promise.all([table.migrate(), ...others.map((other) => other.migrate())])
    await Promise.all(others.map((other) => other.close()))
    expect(await table.writers()).toEqual([])
  })

  test('gives back every column as it was written', async () => {
    const full: AuditRow = {
      ...(Object.fromEntries(
        ROW_COLUMNS.map((column) => [column, `${column} '"\\ \u{1F9F6} ü\n`]),
      ) as unknown as AuditRow),
      timestamp: '2026-11-21T10:30:45.123Z',
      duration_ms: 0.1 + 0.2,
      metadata: '{"b":1,"a":{"deep":[1e21,-0.5,null,"\\u0000"]},"b2":"x"}',
    }
    const linked = new RowChain(hasher, 'w').link([full, row()])
    await table.append(linked.rows, linked.end)
    expect(await table.rows('w', 0, 10)).toEqual(linked.rows)
    expect(await table.rows('w', 1, 10)).toEqual(linked.rows.slice(1))
    expect(await table.checkpoints()).toEqual([linked.end])
    expect(await broken()).toEqual([])
  })

  test('knows which uids it has, and takes none twice', async () => {
    const linked = new RowChain(hasher, 'w').link([row({ uid: 'a' }), row({ uid: null }), row({ uid: null })])
    await table.append(linked.rows, linked.end)
    expect(await table.known(['a', 'b', ''])).toEqual(new Set(['a']))
    const again = new RowChain(hasher, 'v').link([row({ uid: 'b' }), row({ uid: 'a' })])
    await expect(table.append(again.rows, again.end)).rejects.toThrow(/uid|unique/i)
    expect(await table.known(['b'])).toEqual(new Set())
    expect(await broken()).toEqual([])
  })

  test('lets nobody change or remove rows by mistake', async () => {
    await write(4)
    for (const statement of [`update ${TABLE} set message = 'x'`, `delete from ${TABLE}`])
      await expect(engine.run(statement)).rejects.toThrow(/append-only/)
    expect(await broken()).toEqual([])
  })

  test('an edited row is found, in whatever column', async () => {
    await write(10, 4)
    await engine.tamper(`update ${TABLE} set status = 'SUCCESS' where writer = 'writer-1' and seq = 7`)
    expect(await broken()).toEqual([['writer-1', 7, 'its contents are not those that were written: edited, or moved']])
  })

  test('deleted rows are found, from the middle and from the beginning', async () => {
    await write(10, 4)
    await engine.tamper(
      `delete from ${TABLE} where writer = 'writer-1' and seq in (4, 5)`,
      `delete from ${TABLE} where writer = 'writer-2' and seq = 1`,
    )
    expect(await broken()).toEqual([
      ['writer-1', 6, 'the rows 4 to 5 are missing: deleted'],
      ['writer-2', 2, 'the rows 1 to 1 are missing: deleted'],
    ])
  })

  test('rows that changed places are found', async () => {
    await write(10)
    await engine.tamper(
      `update ${TABLE} set seq = 100 where seq = 3`,
      `update ${TABLE} set seq = 3 where seq = 4`,
      `update ${TABLE} set seq = 4 where seq = 100`,
    )
    expect(await broken()).toEqual([
      ['writer-1', 3, 'it is not linked to the row before it: inserted, or moved from another place'],
    ])
  })

  test('an inserted row is found, also behind the end', async () => {
    await write(4, 4)
    const columns = [...ROW_COLUMNS.filter((column) => column !== 'uid'), 'prev_hash', 'hash'].join(', ')
    await engine.tamper(
      `insert into ${TABLE} (${columns}, seq, writer) select ${columns}, 5, writer from ${TABLE} where writer = 'writer-1' and seq = 4`,
    )
    expect(await broken()).toEqual([
      ['writer-1', 5, 'it is not linked to the row before it: inserted, or moved from another place'],
    ])
  })

  test('a tail that was cut off is found by the checkpoint in the database', async () => {
    await write(10)
    await engine.tamper(`delete from ${TABLE} where seq > 8`)
    expect(await broken()).toEqual([['writer-1', 9, 'the rows 9 to 10 are missing: the tail was cut off']])
  })

  test('a tail, or a whole chain, cut off together with its checkpoint is found only by one that was kept elsewhere', async () => {
    await write(10, 4)
    const kept = await table.checkpoints()
    const end = new RowChain(hasher, 'writer-1')
    const first = (await table.rows('writer-1', 7, 1))[0]
    expect(first?.seq).toBe(8)
    end.advance({ ...(kept[0] as Checkpoint), seq: 8, hash: first?.hash ?? '' })
    const forged = end.link([]).end
    await engine.tamper(
      `delete from ${TABLE} where seq > 8 or writer = 'writer-2'`,
      `update ${TABLE}_checkpoints set seq = 8, hash = '${forged.hash}', signature = '${forged.signature}' where writer = 'writer-1'`,
      `delete from ${TABLE}_checkpoints where writer = 'writer-2'`,
    )
    expect(await broken()).toEqual([])
    expect(await broken(kept)).toEqual([
      ['writer-1', 9, 'the rows 9 to 10 are missing: the tail was cut off'],
      ['writer-2', 1, 'the rows 1 to 4 are missing: the tail was cut off'],
    ])
  })

  test('an edited checkpoint, and a missing one, are found', async () => {
    await write(4, 4)
    await engine.tamper(
      `update ${TABLE}_checkpoints set seq = 2 where writer = 'writer-1'`,
      `delete from ${TABLE}_checkpoints where writer = 'writer-2'`,
    )
    expect(await broken()).toEqual([
      ['writer-1', 2, 'the signature of its checkpoint is wrong: the checkpoint was edited'],
      ['writer-2', 4, 'its checkpoint is missing from the database'],
    ])
  })

  test('with another key nothing is taken for intact', async () => {
    await write(4)
    const [report] = await verifyChains(table, new ChainHasher('another key than that one'))
    expect(report?.broken).toMatchObject({ seq: 0, problem: expect.stringMatching(/made with another key/) as string })
  })

  test('many rows are followed page by page', async () => {
    await write(5_000)
    expect(await verifyChains(table, hasher)).toMatchObject([{ writer: 'writer-1', rows: 5_000, broken: undefined }])
  })
})
