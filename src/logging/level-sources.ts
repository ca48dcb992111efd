import { LevelFile } from './level-file.ts'
import { LevelSignal } from './level-signal.ts'
import type { LevelControlSettings, LevelNote } from './start-level-control.ts'

/** What changes levels from outside the program while it runs. @returns stops it; the levels stay as they are */
export function startLevelSources({ file, signal, signalMillis }: LevelControlSettings, note: LevelNote): () => void {
  const hasSignals = process.platform !== 'win32'
  if (signal !== undefined && !hasSignals)
    note('level_signal', `${signal} does not exist on Windows; a level file does the same`)
  const sources = [
    file === undefined ? undefined : new LevelFile(file, (message) => note('level_file', message)),
    signal === undefined || !hasSignals ? undefined : new LevelSignal(signal, signalMillis),
  ]
  return () => {
    for (const source of sources) source?.stop()
  }
}
