import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { ROW_COLUMNS, type AuditRow } from '../../src/database/audit-row.ts'
import { ChainHasher, openTable } from '../../src/database/index.ts'
import { RowChain } from '../../src/database/row-chain.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/database.md'), 'utf8')
const QUERIES = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] as string)

const row = (n: number, part: Partial<AuditRow>): AuditRow => ({
  ...(Object.fromEntries(ROW_COLUMNS.map((column) => [column, null])) as unknown as AuditRow),
  timestamp: `2026-11-21T10:00:0${n}.000Z`,
  level: 'INFO',
  component: 'orders',
  message: `m${n}`,
  channel: 'app',
  uid: `u${n}`,
  ...part,
})
const ROWS = [
  row(1, { session_id: 's1' }),
  row(2, { session_id: 's2' }),
  row(3, { level: 'ERROR', session_id: 's1', error_type: 'TypeError' }),
  row(4, { level: 'CRITICAL', component: 'mail' }),
  row(5, { level: 'ERROR', component: 'mail' }),
  row(6, { event: 'PERMISSION_DENIED', user_id: 'u1', action: 'delete' }),
  row(7, { level: 'ERROR', timestamp: '2025-12-31T23:59:59.999Z' }),
]

async function write(url: string): Promise<void> {
  const table = await openTable({ url, table: 'audit_logs' })
  await table.migrate()
  const { rows, end } = new RowChain(new ChainHasher('0123456789abcdef'), 'w').link(ROWS)
  await table.append(rows, end)
  await table.close()
}

type Answer = Record<string, unknown>[]
const compared = (answers: readonly Answer[]): unknown => [
  answers[0]?.map(({ message }) => message),
  answers[1]?.map(({ message, error_type }) => [message, error_type]),
  answers[2]?.map(({ component, errors }) => [component, Number(errors)]),
  answers[3]?.map(({ user_id, action, times }) => [user_id, action, Number(times)]),
]
const EXPECTED = [
  ['m1', 'm3'],
  [['m5', null], ['m4', null], ['m3', 'TypeError']], // prettier-ignore
  expect.arrayContaining([['mail', 2], ['orders', 2]]), // prettier-ignore
  [['u1', 'delete', 1]],
]

test('the documented questions are answered by SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'clew-sql-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'audit.db')
  await write(`sqlite:${path}`)
  const database = new DatabaseSync(path, { readOnly: true })
  expect(compared(QUERIES.map((query) => database.prepare(query).all()))).toEqual(EXPECTED)
  const plans = QUERIES.slice(0, 3).map((query) =>
    JSON.stringify(database.prepare(`explain query plan ${query}`).all()),
  )
  expect(plans.filter((plan) => !plan.includes('USING') || !plan.includes('INDEX'))).toEqual([])
  database.close()
})

test.runIf(hasPostgres())(
  'and by PostgreSQL',
  async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    await write(server.url)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const answers: Answer[] = []
    for (const query of QUERIES) answers.push((await client.query<Answer[number]>(query)).rows)
    await client.end()
    expect(compared(answers)).toEqual(EXPECTED)
  },
  60_000,
)
