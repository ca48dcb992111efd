import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { AlertsError } from '../alerts/index.ts'
import { describeMistake } from '../settings/index.ts'
import {
  ALERTS_FILE,
  changedLines,
  compareFolder,
  GRAFANA_ALERTS,
  MANIFEST,
  manifestText,
  packageFolder,
  readStackSettings,
  readText,
  renderStack,
  SETTINGS_FILE,
  UnusableFile,
  withAlerts,
  writeFolder,
  type AlertsText,
  type FileState,
  type StackReading,
} from '../stack/index.ts'
import type { Output } from './output.ts'

/** What `clew stack` takes. */
export interface StackOptions {
  readonly out: string
  readonly settings?: string
  readonly alerts?: string
  readonly force?: boolean
  readonly check?: boolean
}

/** Writes the stack into a folder, or checks one; resolves to the exit code: 0 when the folder holds just what it should. */
export function stack(options: StackOptions, output: Output): number {
  try {
    const folder = resolve(options.out)
    const { settings, mistakes, isInfoFromVariable } = readSettings(folder, options)
    for (const mistake of mistakes) output.complain(describeMistake(mistake))
    if (mistakes.length > 0) return 1
    if (isInfoFromVariable) output.remark(`INFO is kept ${settings.retention.info}, from LOG_RETENTION_DAYS`)
    const wanted = withAlerts(renderStack(packageFolder(), settings), readAlertsText(folder, options))
    return options.check === true ? check(folder, wanted, output) : write(folder, wanted, options, output)
  } catch (error) {
    if (error instanceof AlertsError) for (const one of error.mistakes) output.complain(describeMistake(one))
    else if (error instanceof UnusableFile) output.complain(`${error.message}; nothing was written`)
    else throw error
    return 1
  }
}

function readSettings(folder: string, { settings }: StackOptions): StackReading {
  const defaults = join(packageFolder(), SETTINGS_FILE)
  const file = settings ?? ownFile(folder, SETTINGS_FILE)
  return readStackSettings({ defaults, file: file === undefined ? undefined : shownPath(file), variables: process.env })
}

function readAlertsText(folder: string, { alerts }: StackOptions): AlertsText {
  const file = alerts ?? ownFile(folder, ALERTS_FILE) ?? join(packageFolder(), ALERTS_FILE)
  const before = ownFile(folder, GRAFANA_ALERTS)
  const replaced = before === undefined ? undefined : readText(before)
  return { name: shownPath(file), text: readText(file), replaced }
}

function ownFile(folder: string, name: string): string | undefined {
  const file = join(folder, name)
  return existsSync(file) ? file : undefined
}

function shownPath(file: string): string {
  return relative('', file) || file
}

type Wanted = ReadonlyMap<string, string>

function check(folder: string, wanted: Wanted, output: Output): number {
  const { states, obsolete } = compareFolder(folder, wanted)
  const differing = [...states].filter(([, state]) => state !== 'same')
  for (const [file, state] of differing) output.say(`${SAID[state]}  ${file}`)
  for (const file of obsolete) output.say(`not needed  ${file}`)
  const count = differing.length + obsolete.length
  if (count === 0) output.say(`${wanted.size} files in ${folder} are as clew stack writes them`)
  else output.complain(`${count} of ${wanted.size} files in ${folder} are not as clew stack writes them`)
  return count === 0 ? 0 : 1
}

const SAID: Readonly<Record<FileState, string>> = {
  missing: 'missing   ',
  same: 'same      ',
  outdated: 'outdated  ',
  changed: 'changed   ',
  foreign: 'not clew’s',
}

function write(folder: string, wanted: Wanted, options: StackOptions, output: Output): number {
  const { states, obsolete, isOurs } = compareFolder(folder, wanted)
  const files = (...of: readonly FileState[]): string[] =>
    [...states].filter(([, state]) => of.includes(state)).map(([file]) => file)
  const inTheWay = options.force === true ? [] : files('changed', 'foreign')
  if (inTheWay.length > 0 && !isOurs) return refuse(folder, inTheWay, output)
  const same = files('same')
  const kept = new Set(inTheWay)
  const texts = new Map([...wanted].filter(([file]) => !kept.has(file) && !same.includes(file)))
  const written = [...texts.keys()]
  const given = { [SETTINGS_FILE]: options.settings, [ALERTS_FILE]: options.alerts }
  for (const [file, elsewhere] of Object.entries(given)) {
    if (elsewhere !== undefined || existsSync(join(folder, file))) continue
    texts.set(file, readText(join(packageFolder(), file)))
    written.push(file)
  }
  texts.set(MANIFEST, manifestText(folder, wanted, kept))
  writeFolder(folder, texts, obsolete)
  for (const file of written) output.say(`written  ${file}`)
  for (const file of obsolete) output.say(`removed  ${file}`)
  output.say(`${written.length} written, ${same.length} as they should be, in ${folder}`)
  for (const file of kept) {
    const [first, last] = changedLines(folder, file, wanted.get(file) as string)
    const how = states.get(file) === 'foreign' ? 'is not from clew stack, and differs' : 'was changed by hand,'
    output.complain(`${file} was kept: it ${how} between lines ${first} and ${last}`)
  }
  if (kept.size > 0) output.complain('what the settings say is not in these files; --force replaces them')
  else if (written.length > 0) output.say(`next: ${isOurs ? AFTER_CHANGE : AT_FIRST}`)
  return kept.size === 0 ? 0 : 1
}

const AT_FIRST = 'cp .env.example .env, set GRAFANA_ADMIN_PASSWORD in it, docker compose up --wait'
const AFTER_CHANGE = 'docker compose up --wait --force-recreate'

function refuse(folder: string, files: readonly string[], output: Output): number {
  for (const file of files) output.complain(`${join(folder, file)} is there already, and is not from clew stack`)
  output.complain('nothing was written: name another folder with --out, or replace these files with --force')
  return 1
}
