import { join, relative } from 'node:path'
import { ALERTS_FILE, isThere, packageFolder, readText, SETTINGS_FILE } from '../stack/index.ts'

/** A file of the stack that is written once and then the user's. */
export interface OwnFile {
  /** Its place in the folder. */
  readonly name: string
  /** The option by which another can be named. */
  readonly option: string
  readonly given: string | undefined
  readonly isInFolder: boolean
  /** Clew's own. */
  readonly original: string
  /** What is read: the one that is given, else the folder's, else clew's own. */
  readonly source: string
}

/** The user's files of a folder: the settings, and the alert rules. */
export function ownFiles(
  folder: string,
  { settings, alerts }: { readonly settings?: string; readonly alerts?: string },
): readonly [settings: OwnFile, alerts: OwnFile] {
  return [ownFile(folder, SETTINGS_FILE, '--settings', settings), ownFile(folder, ALERTS_FILE, '--alerts', alerts)]
}

function ownFile(folder: string, name: string, option: string, given: string | undefined): OwnFile {
  const inFolder = join(folder, name)
  const isInFolder = isThere(inFolder)
  const original = join(packageFolder(), name)
  return { name, option, given, isInFolder, original, source: given ?? (isInFolder ? inFolder : original) }
}

/** Whether another file than the folder's is given, and says something else. @throws UnusableFile */
export function isOverruled(folder: string, { name, given, isInFolder }: OwnFile): boolean {
  return given !== undefined && isInFolder && readText(given) !== readText(join(folder, name))
}

/** A path as messages show it. */
export function shownPath(file: string): string {
  return relative('', file) || file
}
