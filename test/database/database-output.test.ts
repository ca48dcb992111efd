import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
// The build: the delivery worker is started from it.
import { audit, getLogger, init, withContext, type Clew, type DatabaseOptions } from '../../dist/src/index.js'
import { hasPostgres, startPostgres, type PostgresServer } from '../support/postgres-server.ts'
import { runProgram, type ProgramEnd } from '../support/program.ts'
import { until } from '../support/until.ts'

let home: string
let clew: Clew | undefined
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-database-'))
})
afterEach(async () => {
  await clew?.shutdown()
  await rm(home, { recursive: true, force: true })
})

function start(database: DatabaseOptions | boolean = true): Clew {
  clew = init({
    service: 'test',
    environment: 'test',
    home,
    console: { enabled: false },
    otlp: false,
    http: false,
    websocket: false,
    redis: false,
    database,
  })
  return clew
}

const verify = (...args: string[]): Promise<ProgramEnd> =>
  runProgram('dist/src/cli/main.js', ['verify', '--home', home, ...args], {})

type Row = Record<string, unknown>
function rowsOf(path: string, columns = '*'): Row[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  const rows = database.prepare(`select ${columns} from audit_logs order by timestamp, uid`).all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

describe('records in a SQLite file', () => {
  test('stand there whole, from INFO on, audit in any case, and make a chain that holds', async () => {
    start()
    const log = getLogger('orders')
    const user = { id: 'u1', email: 'ada@example.org', role: 'recruiter' }
    withContext({ 'session.id': 's1', 'request.id': 'r1', 'tenant.id': 'acme' }, () => {
      log.debug('too small')
      log.event('order.placed', { total: 7.5, password: 'hunter2', duration_ms: 12.5 })
      log.error('payment failed', new TypeError('no card'), { orderId: 7n })
      audit.login({ user, method: 'password', ip: '10.0.0.7', userAgent: 'curl/8' })
    })
    await clew?.shutdown()
    const file = join(home, 'audit.db')
    const rows = rowsOf(file)
    expect(rows).toEqual([
      expect.objectContaining({
        level: 'INFO',
        service: 'test',
        component: 'orders',
        event: 'order.placed',
        session_id: 's1',
        request_id: 'r1',
        tenant_id: 'acme',
        duration_ms: 12.5,
        metadata: JSON.stringify({ total: 7.5, password: '[REDACTED]' }),
        channel: 'app',
      }),
      expect.objectContaining({
        level: 'ERROR',
        message: 'payment failed',
        error_type: 'TypeError',
        error_message: 'no card',
        error_stack: expect.stringContaining('TypeError: no card\n    at') as string,
        metadata: JSON.stringify({ orderId: 7 }),
      }),
      expect.objectContaining({
        component: 'audit',
        event: 'USER_ACTION',
        action: 'login',
        status: 'SUCCESS',
        user_id: 'u1',
        user_email: 'ada@example.org',
        user_role: 'recruiter',
        ip_address: '10.0.0.7',
        user_agent: 'curl/8',
        channel: 'audit',
        metadata: JSON.stringify({ 'clew.auth.method': 'password' }),
      }),
    ])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'audit.key')).mode & 0o777).toBe(0o600)
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 rows in 1 chain: every link holds/) as string }) // prettier-ignore
  })

  test('an audit record is on the disk when the call answers, and in the table at once', async () => {
    start()
    expect(audit.logout({ user: 'u1' })).toBe(true)
    await until('the row', () => existsSync(join(home, 'audit.db')) && clew?.status().database?.delivered.logs === 1)
    expect(rowsOf(join(home, 'audit.db'), 'action, user_id')).toEqual([{ action: 'logout', user_id: 'u1' }])
  })

  test('several processes write chains of their own into one file; what was said before kill -9 comes with the next', async () => {
    const said = await Promise.all(
      [1, 2, 3].map((n) => runProgram('test/database/speaker.mjs', [home, String(n), n === 3 ? 'kill' : 'end'], {})),
    )
    expect(said.map(({ signal, code }) => signal ?? code)).toEqual([0, 0, 'SIGKILL'])
    start()
    await clew?.flush()
    const count = (): number => rowsOf(join(home, 'audit.db'), 'message').length
    await until('all rows', async () => (await clew?.flush()) === true && count() === 1_500)
    expect(new Set(rowsOf(join(home, 'audit.db'), 'uid').map(({ uid }) => uid)).size).toBe(1_500)
    await clew?.shutdown()
    expect(await verify('--json')).toMatchObject({ code: 0 })
  })

  test('clew verify says what it found broken, and what it can not look at', async () => {
    expect(await verify()).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no key') as string })
    start()
    for (let n = 0; n < 5; n++) getLogger('a').info(`row ${n}`)
    await clew?.shutdown()
    const kept = await verify('--print-checkpoints')
    expect(JSON.parse(kept.stdout)).toMatchObject({ seq: 5, signature: expect.any(String) as string })
    const database = new DatabaseSync(join(home, 'audit.db'))
    database.exec(`drop trigger audit_logs_no_update; update audit_logs set message = 'other' where seq = 2`)
    database.close()
    expect(await verify()).toMatchObject({ code: 1, stdout: expect.stringMatching(/BROKEN audit_logs writer \S+ row 2 .*edited/) as string }) // prettier-ignore
    expect(await verify('--table', 'nothing')).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing') as string }) // prettier-ignore
  })
})

test('a SQLite file that somebody else has locked hardly blocks the application where delivery has no thread', async () => {
  const path = join(home, 'audit.db')
  const settings = { url: `sqlite:${path}`, table: 'audit_logs', key: { text: 'a key of 16 characters or more' } }
  const program = `import { DatabaseTransport } from './dist/src/database/index.js'
    const transport = new DatabaseTransport(${JSON.stringify(settings)}, () => {})
    const start = performance.now()
    const { kind } = await transport.send(new Uint8Array())
    console.log(kind, performance.now() - start < 3_000)`
  const send = (): Promise<ProgramEnd> => runProgram('', [], {}, ['--input-type=module', '-e', program])
  expect((await send()).stdout).toBe('delivered true\n')
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  expect((await send()).stdout).toBe('later true\n')
  other.close()
})

describe.runIf(hasPostgres())('records in PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  const count = async (): Promise<number> => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const { rows } = await client.query<{ n: string }>('select count(*) as n from audit_logs')
    await client.end()
    return Number(rows[0]?.n)
  }

  test('wait while it is down, and stand there once, in order, when it is back', async () => {
    start({ url: server.url, key: 'a key of 16 characters or more' })
    const log = getLogger('orders')
    for (let n = 0; n < 100; n++) log.info('said', { n })
    expect(await clew?.flush()).toBe(true)
    await server.kill()
    for (let n = 100; n < 1_000; n++) log.info('said', { n })
    expect(audit.logout({ user: 'u1' })).toBe(true)
    await until('a failure', () => (clew?.status().database?.retries ?? 0) > 0)
    expect(clew?.status().database?.waiting.spool.entries).toBe(901)
    await server.start()
    await until('the rows', async () => (await clew?.flush()) === true)
    expect(await count()).toBe(1_001)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const { rows } = await client.query<{ n: number }>(
      `select (metadata->>'n')::int as n from audit_logs where channel = 'app' order by uid`,
    )
    await client.end()
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 1_000 }, (_, n) => n))
    const env = { CLEW_AUDIT_KEY: 'a key of 16 characters or more', CLEW_DATABASE_URL: server.url }
    expect(await runProgram('dist/src/cli/main.js', ['verify', '--home', home], env)).toMatchObject({ code: 0 })
  })

  const ask = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    try {
      return (await client.query<Row>(sql)).rows
    } finally {
      await client.end()
    }
  }

  test('a user who may not make the table leaves no connections behind, however often it is tried', async () => {
    await ask('create user guest')
    await ask('revoke create on schema public from public')
    start({ url: server.url.replace('clew@', 'guest@'), table: 'elsewhere' })
    getLogger('a').info('said')
    await until('some tries', async () => {
      await clew?.flush(300)
      return (clew?.status().database?.retries ?? 0) > 4
    })
    const [{ n }] = (await ask(`select count(*)::int as n from pg_stat_activity where usename = 'guest'`)) as [{ n: number }] // prettier-ignore
    expect(n).toBeLessThan(2)
  })

  test('a value too long for an index does not hold up the others, and is whole in the metadata', async () => {
    const user = randomBytes(3_000).toString('hex')
    start({ url: server.url, table: 'long_values' })
    audit.loginFailed({ user })
    audit.logout({ user: 'u1' })
    await until('the rows', async () => (await clew?.flush()) === true)
    expect(await ask(`select user_id, metadata->>'user.id' as whole from long_values where channel = 'audit' order by seq`)).toEqual([
      { user_id: user.slice(0, 512), whole: user },
      { user_id: 'u1', whole: null },
    ]) // prettier-ignore
  })

  test('an open connection keeps no process alive where delivery has no thread', async () => {
    const settings = { url: server.url, table: 'main_thread', key: { text: 'a key of 16 characters or more' } }
    const program = `import { DatabaseTransport } from './dist/src/database/index.js'
      const transport = new DatabaseTransport(${JSON.stringify(settings)}, () => {})
      console.log((await transport.send(new Uint8Array())).kind)`
    const end = await runProgram('', [], {}, ['--input-type=module', '-e', program])
    expect(end).toEqual({ code: 0, signal: null, stdout: 'delivered\n', stderr: '' })
  })

  test('a password that is wrong is never shown, and the note says what to do', async () => {
    const end = await runProgram('test/database/speaker.mjs', [home, '1', 'end'], {
      CLEW_DATABASE_URL: server.url.replace('clew@', 'nobody:hunter2@').replace('/postgres', '/missing'),
    })
    expect(end.stderr).not.toContain('hunter2')
    expect(end.stderr).toMatch(/\[misconfigured\]/)
  })
})

test('a file that is no database is named as what does not take records', async () => {
  await writeFile(join(home, 'audit.db'), 'no database at all, '.repeat(100))
  const program = `import { getLogger, init } from './dist/src/index.js'
    const clew = init({ home: ${JSON.stringify(home)}, console: { enabled: false }, otlp: false, database: true })
    getLogger('a').info('said')
    await clew.flush(4_000)
    await clew.shutdown()`
  const end = await runProgram('', [], {}, ['--input-type=module', '-e', program])
  expect(end.stderr).toMatch(/the database does not take log entries now: .*not a database; they wait/)
})

test('the key of the chain is a note once, and stays', async () => {
  const once = await runProgram('test/database/speaker.mjs', [home, '1', 'end'], {})
  const key = readFileSync(join(home, 'audit.key'), 'utf8')
  const twice = await runProgram('test/database/speaker.mjs', [home, '1', 'end'], {})
  expect([once.stderr.includes('[audit_key]'), twice.stderr]).toEqual([true, ''])
  expect(readFileSync(join(home, 'audit.key'), 'utf8')).toBe(key)
})
