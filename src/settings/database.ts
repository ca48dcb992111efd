import { join } from 'node:path'
import type { DatabaseSettings as TableSettings } from '../database/index.ts'
import { parseLevel, SEVERITY } from '../logging/index.ts'
import type { DatabaseOptions } from './options.ts'

/** The database output's. */
export interface DatabaseSettings extends TableSettings {
  /** The least severe level that is written. */
  readonly level: number
  readonly spoolDirectory: string
}

/** Where records are written to; undefined when they are not. @param surroundings where state lies, and records wait */
export function resolveDatabase(
  given: boolean | DatabaseOptions,
  { home, spoolDirectory }: { readonly home: string; readonly spoolDirectory: string },
): DatabaseSettings | undefined {
  const options = given === true ? {} : given
  if (options === false || options.enabled === false) return undefined
  const { url = `sqlite:${join(home, 'audit.db')}`, table = 'audit_logs', level = 'INFO', key } = options
  return {
    url,
    table,
    level: parseLevel(level) ?? SEVERITY.INFO,
    key: key === undefined ? { file: join(home, 'audit.key') } : { text: key },
    spoolDirectory,
  }
}
