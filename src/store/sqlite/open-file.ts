import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../store-error.ts'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts'

const HEADER_BYTES = 100
const SQLITE_MAGIC = 'SQLite format 3\0'

type SqliteClass = typeof DatabaseSync

/** The database and the lock that keeps other servers off it; both are the caller's to close, the lock last. */
export interface OpenedFile {
  readonly database: DatabaseSync
  readonly lock: DatabaseSync
}

/**
 * Opens a store's file, or makes it. The only place that does. A file that is not a clew store is left as it is.
 * @throws {StoreError} that names the path and the cure.
 */
export function openFile(path: string): OpenedFile {
  const Sqlite = loadSqlite()
  checkWordSearch(Sqlite, path)
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw refusal(path, `its folder can't be made (${reason(error)})`, 'choose another folder', error)
  }
  checkHeader(path)
  const lock = takeLock(Sqlite, path)
  try {
    return { database: open(Sqlite, path), lock }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** Loads `node:sqlite` without the note that it is experimental; any other warning passes. */
function loadSqlite(): SqliteClass {
  const emitWarning = process.emitWarning.bind(process) as (...values: unknown[]) => void
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning(warning, ...rest)
  }
  try {
    return process.getBuiltinModule('node:sqlite').DatabaseSync
  } finally {
    if (original !== undefined) Object.defineProperty(process, 'emitWarning', original)
  }
}

/** Node 22.15 has SQLite without the word index. */
function checkWordSearch(Sqlite: SqliteClass, path: string): void {
  const probe = new Sqlite(':memory:')
  const row = probe.prepare("select sqlite_compileoption_used('ENABLE_FTS5') as used").get()
  probe.close()
  if (row?.['used'] === 1) return
  throw refusal(path, `Node ${process.version} has SQLite without full-text search`, 'use Node 22.16 or newer')
}

/** Reads only the first bytes, so that a file that is not ours is not touched (SQLite would replay its journal). */
function checkHeader(path: string): void {
  if (!existsSync(path) || statSync(path).size === 0) return
  const header = Buffer.alloc(HEADER_BYTES)
  let length: number
  try {
    const file = openSync(path, 'r')
    length = readSync(file, header, 0, HEADER_BYTES, 0)
    closeSync(file)
  } catch (error) {
    throw refusal(path, `it can't be read (${reason(error)})`, 'make it readable or choose another folder', error)
  }
  if (length < HEADER_BYTES || header.toString('latin1', 0, 16) !== SQLITE_MAGIC) {
    throw refusal(path, 'it is not a SQLite database', 'move the file away or choose another folder')
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID) {
    throw refusal(path, 'it is a SQLite database of another program', 'move the file away or choose another folder')
  }
  const version = header.readUInt32BE(60)
  if (version === SCHEMA_VERSION) return
  const cure = version > SCHEMA_VERSION ? 'use a newer clew' : 'move the file away: this clew has no way to convert it'
  throw refusal(path, `its schema is version ${version}, this clew reads version ${SCHEMA_VERSION}`, cure)
}

/** A lock that the system drops with the process: record ids are given out in memory, so a file has one writer. */
function takeLock(Sqlite: SqliteClass, path: string): DatabaseSync {
  let lock: DatabaseSync | undefined
  try {
    lock = new Sqlite(`${path}-lock`)
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    if (!/locked/.test(reason(error))) throw refusal(path, reason(error), 'choose another folder', error)
    throw refusal(path, 'another clew server is using it', 'stop that server or choose another folder', error)
  }
}

function open(Sqlite: SqliteClass, path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new Sqlite(path)
    const isNew = statSync(path).size === 0
    if (isNew) create(database)
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma temp_store = memory')
    database.exec('pragma cache_size = -65536; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864')
    database.prepare('select count(*) from (select 1 from logs limit 1)').get()
    return database
  } catch (error) {
    database?.close()
    throw refusal(
      path,
      `it is damaged or can't be written (${reason(error)})`,
      'move the file away or restore a copy',
      error,
    )
  }
}

/** Before WAL, so that the header in the file itself says whose it is. */
function create(database: DatabaseSync): void {
  database.exec('pragma page_size = 8192')
  database.exec(
    `begin; pragma application_id = ${APPLICATION_ID}; pragma user_version = ${SCHEMA_VERSION}; ${SCHEMA}; commit`,
  )
}

function refusal(path: string, found: string, cure: string, cause?: unknown): StoreError {
  return new StoreError(`can't use the store ${path}: ${found}; ${cure}`, { cause })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
