import { ROW_COLUMNS } from './audit-row.ts'

/** All columns, links of the chain too. */
export const TABLE_COLUMNS = [...ROW_COLUMNS, 'seq', 'writer', 'prev_hash', 'hash'] as const

export const CHECKPOINT_COLUMNS = ['writer', 'seq', 'hash', 'key_id', 'signature'] as const

/** What differs between engines. */
export interface Dialect {
  readonly time: string
  readonly json: string
  readonly number: string
  readonly integer: string
}

/** The statements that make the tables and indexes. Each may run when they are there already. @param table a plain name */
export function schemaStatements(table: string, { time, json, number, integer }: Dialect): readonly string[] {
  const types: Readonly<Record<string, string>> = {
    timestamp: `${time} not null`,
    level: 'text not null',
    component: 'text not null',
    message: 'text not null',
    channel: 'text not null',
    duration_ms: number,
    metadata: json,
    seq: `${integer} not null`,
    writer: 'text not null',
    prev_hash: 'text not null',
    hash: 'text not null',
  }
  const columns = TABLE_COLUMNS.map((column) => `${column} ${types[column] ?? 'text'}`)
  const index = (name: string, on: string, where = ''): string =>
    `create index if not exists ${table}_${name} on ${table} (${on})${where}`
  return [
    `create table if not exists ${table} (${columns.join(', ')}, primary key (writer, seq))`,
    `create unique index if not exists ${table}_uid on ${table} (uid) where uid is not null`,
    index('time', 'timestamp'),
    index('session', 'session_id, timestamp', ' where session_id is not null'),
    index('user', 'user_id, timestamp', ' where user_id is not null'),
    index('action', 'action, timestamp', ' where action is not null'),
    index('errors', 'component, timestamp', " where level in ('ERROR', 'CRITICAL')"),
    `create table if not exists ${table}_checkpoints (writer text primary key, seq ${integer} not null, hash text not null,
      key_id text not null, signature text not null)`,
  ]
}
