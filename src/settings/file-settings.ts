import { join, resolve } from 'node:path'
import type { FileOptions } from './options.ts'

/** Where log files are, and how they are kept. */
export interface FileSettings {
  /** The main file; the others lie beside it. */
  readonly path: string
  readonly maxBytes: number
  readonly backupCount: number
  readonly retentionMillis: number
  readonly modules: readonly string[]
  /** Whether somebody asked for files. */
  readonly asked: boolean
}

export const DAYS_ALLOWED = 'a number of days, more than 0'
const DAY_MILLIS = 24 * 3_600_000

/** What is true where nothing is said. */
export interface FileDefaults {
  readonly name: string
  readonly enabled: boolean
}

/** Undefined when nothing is written to files. */
export function resolveFile(options: FileOptions, defaults: FileDefaults): FileSettings | undefined {
  const { path, enabled = path === undefined ? undefined : true } = options
  if (!(enabled ?? defaults.enabled)) return undefined
  return {
    path: resolve(path ?? join('logs', defaults.name)),
    maxBytes: options.maxBytes ?? 10_485_760,
    backupCount: options.backupCount ?? 5,
    retentionMillis: (options.retentionDays ?? 30) * DAY_MILLIS,
    modules: options.modules ?? [],
    asked: enabled === true,
  }
}
