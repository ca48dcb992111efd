import { resolve } from 'node:path'
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

const DAY_MILLIS = 24 * 3_600_000

/** Undefined when nothing is written to files. @param said what was said, without the defaults */
export function resolveFile(options: Required<FileOptions>, said: FileOptions = {}): FileSettings | undefined {
  if (!options.enabled) return undefined
  const { path, maxBytes, backupCount, retentionDays, modules } = options
  const asked = said.enabled === true || said.path !== undefined
  return { path: resolve(path), maxBytes, backupCount, retentionMillis: retentionDays * DAY_MILLIS, modules, asked }
}
