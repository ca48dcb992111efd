import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SqliteLogStore } from '../../../src/store/sqlite/index.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { NOON, logEntry } from '../entry-factory.ts'
import { type StoreUnderTest, describeLogStore } from '../log-store-contract.ts'
import { describeSessionStore } from '../session-store-contract.ts'
import { describeSessionWriting } from '../session-writing-contract.ts'
import { describeTraceStore } from '../trace-store-contract.ts'

function create(): StoreUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'clew-store-'))
  return { store: new SqliteLogStore(join(folder, 'store.db')), dispose: () => rmSync(folder, { recursive: true }) }
}

describeLogStore('SQLite', create)
describeTraceStore('SQLite', create)
describeSessionStore('SQLite', create)
describeSessionWriting('SQLite', create)

describe('the file of a SQLite store', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clew-store-'))
    path = join(folder, 'store.db')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('keeps records and knows replays after it was opened again', async () => {
    const entry = logEntry({ attributes: { 'log.record.uid': 'u1' } })
    const first = new SqliteLogStore(path)
    await first.appendLogs([entry])
    await first.close()
    const second = new SqliteLogStore(path)
    expect((await second.appendLogs([entry, logEntry({ body: 'new' })])).duplicates).toBe(1)
    expect((await second.searchLogs({}, 10)).records.map((record) => record.message)).toEqual(['new', 'order placed'])
    await second.close()
  })

  test('keeps what was answered when the process is killed', async () => {
    const script = `
      import { SqliteLogStore } from ${JSON.stringify(new URL('../../../dist/src/store/sqlite/index.js', import.meta.url).href)}
      const store = new SqliteLogStore(${JSON.stringify(path)})
      await store.appendLogs([${JSON.stringify(logEntry())}])
      process.kill(process.pid, 'SIGKILL')`
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' })).toThrow(
      'Command failed',
    )
    const store = new SqliteLogStore(path)
    expect((await store.searchLogs({}, 10)).records).toHaveLength(1)
    await store.close()
  })

  test('is one server at a time', async () => {
    const first = new SqliteLogStore(path)
    expect(() => new SqliteLogStore(path)).toThrow(
      /another clew server is using it; stop that server or choose another folder/,
    )
    await first.close()
    await new SqliteLogStore(path).close()
  })

  test.each([
    [
      'text',
      () => Buffer.from('not a database, but longer than one hundred bytes '.repeat(5)),
      /it is not a SQLite database/,
    ],
    ['a short file', () => Buffer.from('x'), /it is not a SQLite database/],
    ['a database of another program', foreignDatabase, /of another program/],
    ['a store of a newer clew', newerStore, /its schema is version 99, this clew reads version 2; use a newer clew/],
  ])('refuses %s and leaves it as it is', (_, content, message) => {
    writeFileSync(path, content())
    const before = readFileSync(path)
    const open = () => new SqliteLogStore(path)
    expect(open).toThrow(StoreError)
    expect(open).toThrow(message)
    expect(open).toThrow(path)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder).filter((name) => name.includes('wal') || name.includes('shm'))).toEqual([])
  })

  test('refuses a store that was cut off', async () => {
    const store = new SqliteLogStore(path)
    await store.appendLogs(Array.from({ length: 2000 }, (_, n) => logEntry({ timeMillis: NOON + n })))
    await store.close()
    truncateSync(path, 8192 + 100)
    expect(() => new SqliteLogStore(path)).toThrow(/it is damaged or can't be written/)
  })

  test('makes the folder it is in, and says so when it cannot', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => new SqliteLogStore(join(folder, 'file', 'store.db'))).toThrow(/its folder can't be made/)
    mkdirSync(join(folder, 'x.db'))
    expect(() => new SqliteLogStore(join(folder, 'x.db'))).toThrow(StoreError)
    expect(existsSync(join(folder, 'x.db'))).toBe(true)
  })

  test('is loaded without a warning, and lets other warnings pass', () => {
    const script = `
      import { SqliteLogStore } from ${JSON.stringify(new URL('../../../dist/src/store/sqlite/index.js', import.meta.url).href)}
      await new SqliteLogStore(${JSON.stringify(path)}).close()
      process.emitWarning('seen')`
    const output = execFileSync('sh', ['-c', '"$0" --input-type=module -e "$1" 2>&1', process.execPath, script], {
      encoding: 'utf8',
    })
    expect(output).not.toContain('SQLite')
    expect(output).toContain('Warning: seen')
  })

  function foreignDatabase(): Buffer {
    return databaseBytes('create table t (x); insert into t values (1)')
  }

  function newerStore(): Buffer {
    return databaseBytes('create table t (x); pragma application_id = 1668048247; pragma user_version = 99')
  }

  function databaseBytes(sql: string): Buffer {
    const other = join(folder, 'other.db')
    const database = new DatabaseSync(other)
    database.exec(sql)
    database.close()
    const bytes = readFileSync(other)
    rmSync(other)
    return bytes
  }
})
