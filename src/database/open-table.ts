import type { AuditTable, DatabaseSettings } from './audit-table.ts'

const SQLITE = /^sqlite:(?:\/\/)?(.+)$/

/** The path of a `sqlite:` URL; undefined for others. */
export function sqlitePath(url: string): string | undefined {
  return SQLITE.exec(url)?.[1]
}

/** Opens the table of a database; loads what that takes. @throws when it can't be reached */
export async function openTable(
  { url, table }: Pick<DatabaseSettings, 'url' | 'table'>,
  readOnly = false,
): Promise<AuditTable> {
  const path = sqlitePath(url)
  if (path === undefined) {
    const { PostgresTable } = await import('./postgres-table.ts')
    return PostgresTable.connect(url, table, readOnly)
  }
  const { SqliteTable } = await import('./sqlite-table.ts')
  return new SqliteTable(path, table, readOnly)
}
