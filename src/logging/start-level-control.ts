import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LevelSignalName } from './level-signal-names.ts'
import type * as SourcesModule from './level-sources.ts'

/** What may change levels from outside the program. */
export interface LevelControlSettings {
  readonly file: string | undefined
  readonly signal: LevelSignalName | undefined
  /** For how long a signal brings DEBUG. */
  readonly signalMillis: number
}

/** Tells what can't be done: a kind of note, and its message. */
export type LevelNote = (kind: 'level_file' | 'level_signal', message: string) => void

/**
 * Watches what changes levels from outside. Loads what that takes only where it is asked for.
 * @returns stops it; the levels stay as they are
 */
export function startLevelControl(settings: LevelControlSettings, note: LevelNote): () => void {
  if (settings.file === undefined && settings.signal === undefined) return () => {}
  return loadSources().startLevelSources(settings, note)
}

/** The file beside this one. In a bundle there is none, but the bundler has put in what this `require` names; an ES module that is no bundle has no `require`. */
function loadSources(): typeof SourcesModule {
  const here = import.meta.url as string | undefined
  const file = here === undefined ? undefined : new URL(`./level-sources${extname(here)}`, here)
  if (file === undefined || !existsSync(file)) return require('./level-sources.js') as typeof SourcesModule
  return process.getBuiltinModule('node:module').createRequire(file)(fileURLToPath(file)) as typeof SourcesModule
}
