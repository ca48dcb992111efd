import { loadBeside } from '../loading/index.ts'
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

function loadSources(): typeof SourcesModule {
  return loadBeside<typeof SourcesModule>(import.meta.url, './level-sources', () => require('./level-sources.js'))
}
