import { join } from 'node:path'
import type { DatabaseSettings as TableSettings } from '../database/index.ts'
import { parseLevel, SEVERITY } from '../logging/index.ts'
import type { DefaultOptions } from './defaults.ts'

/** The database output's. */
export interface DatabaseSettings extends TableSettings {
  /** The least severe level that is written. */
  readonly level: number
  /** Where records wait. */
  readonly spoolDirectory: string
}

/** Where records are written to; undefined when they are not. @param home where state lies */
export function resolveDatabase(
  given: DefaultOptions['database'],
  home: string,
  spoolDirectory: string,
): DatabaseSettings | undefined {
  if (given === false || !given.enabled) return undefined
  const { url = `sqlite:${join(home, 'audit.db')}`, table, level, key } = given
  return {
    url,
    table,
    level: parseLevel(level) ?? SEVERITY.INFO,
    key: key === undefined ? { file: join(home, 'audit.key') } : { text: key },
    spoolDirectory,
  }
}
