import { dirname } from 'node:path'
import { DropReport, type Notes } from './diagnostics/index.ts'
import { loadBeside } from './loading/index.ts'
import type { Encoding } from './otlp/index.ts'
import type * as FilesModule from './outputs/files/index.ts'
import type { FileOutput } from './outputs/files/index.ts'
import type { Settings } from './settings/index.ts'

/** Writes records to files, where the settings say so; otherwise answers undefined, and nothing is loaded. */
export function startFiles(settings: Settings, encoding: Encoding, notes: Notes): FileOutput | undefined {
  const { file, disabled } = settings
  if (file === undefined || disabled) return undefined
  const { FileOutput } = loadBeside<typeof FilesModule>(import.meta.url, './outputs/files/index', () =>
    require('./outputs/files/index.js'),
  )
  const report = new DropReport(notes, () => ({ ...output.status().dropped }))
  // Who did not ask for files, and has none, hears of it once.
  const isWanted = (): boolean => file.asked || output.hasWritten
  const output: FileOutput = new FileOutput(file, encoding, {
    failed(path, error) {
      if (isWanted()) notes.note('file_unwritable', unwritable(path, error))
      else notes.once('no_files', `there are no log files, since ${dirname(path)} can't be written (${codeOf(error)})`)
    },
    leftOut() {
      if (isWanted()) report.changed()
    },
    untidy: (path, error) =>
      notes.note('file_untidy', `${path} can't be rotated, or its backups not be tidied up (${codeOf(error)})`),
    ended() {
      if (isWanted()) report.tell()
    },
  })
  return output
}

function unwritable(path: string, error: unknown): string {
  return `${path} can't be written (${codeOf(error)}); until it can, lines wait in memory, and are lost if the process is killed`
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
