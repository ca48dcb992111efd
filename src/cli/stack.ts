import { join, resolve } from 'node:path'
import { AlertsError } from '../alerts/index.ts'
import { describeMistake } from '../settings/index.ts'
import {
  changedLines,
  compareFolder,
  isThere,
  isWrittenByClew,
  GRAFANA_ALERTS,
  MANIFEST,
  manifestText,
  packageFolder,
  PartlyWritten,
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
import { isOverruled, ownFiles, shownPath, type OwnFile } from './stack-own-files.ts'

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
    const own = ownFiles(folder, options)
    const lost = own.filter(({ isInFolder, given }) => !isInFolder && given === undefined)
    if (lost.length > 0 && isWrittenByClew(folder)) return refuseWithout(lost, options, output)
    const { settings, mistakes, isInfoFromVariable } = readSettings(own[0])
    for (const mistake of mistakes) output.complain(describeMistake(mistake))
    if (mistakes.length > 0) return 1
    if (isInfoFromVariable) output.remark(`INFO is kept ${settings.retention.info}, from LOG_RETENTION_DAYS`)
    const wanted = withAlerts(renderStack(packageFolder(), settings), readAlertsText(folder, own[1]))
    for (const { name, given, option } of own.filter((one) => isOverruled(folder, one)))
      output.remark(
        `${given} was used, and ${name} in the folder, which differs, was not: without ${option} it will be`,
      )
    return options.check === true ? check(folder, wanted, own, output) : write(folder, wanted, { own, options, output })
  } catch (error) {
    if (error instanceof AlertsError) for (const one of error.mistakes) output.complain(describeMistake(one))
    else if (error instanceof PartlyWritten) output.complain(`${error.message}; ${PARTLY}`)
    else if (error instanceof UnusableFile) output.complain(`${error.message}; nothing was written`)
    else throw error
    return 1
  }
}

const PARTLY = 'other files were written already: when this one can be, say clew stack again'

function readSettings({ isInFolder, given, source }: OwnFile): StackReading {
  const file = given !== undefined || isInFolder ? shownPath(source) : undefined
  return readStackSettings({ defaults: join(packageFolder(), SETTINGS_FILE), file, variables: process.env })
}

function readAlertsText(folder: string, { source }: OwnFile): AlertsText {
  const before = join(folder, GRAFANA_ALERTS)
  return { name: shownPath(source), text: readText(source), replaced: isThere(before) ? readText(before) : undefined }
}

/** Clew's defaults are not what the folder was written with, perhaps. */
function refuseWithout(lost: readonly OwnFile[], { check: isCheck }: StackOptions, output: Output): number {
  for (const { name, option, original } of lost) {
    if (isCheck === true) output.say(`${SAID.missing}  ${name}`)
    output.complain(
      `${name} is gone: put it back, or name a file with ${option} (the defaults: ${shownPath(original)})`,
    )
  }
  if (isCheck !== true) output.complain('nothing was written')
  return 1
}

type Wanted = ReadonlyMap<string, string>

function check(folder: string, wanted: Wanted, own: readonly OwnFile[], output: Output): number {
  const { states, obsolete, leftover } = compareFolder(folder, wanted)
  const differing = [...states].filter(([, state]) => state !== 'same')
  const absent = own.filter(({ isInFolder }) => !isInFolder)
  for (const [file, state] of differing) output.say(`${SAID[state]}  ${file}`)
  for (const { name } of absent) output.say(`${SAID.missing}  ${name}`)
  for (const file of [...obsolete, ...leftover]) output.say(`not needed  ${file}`)
  const count = differing.length + absent.length + obsolete.length + leftover.length
  if (count === 0) output.say(`${wanted.size} files in ${folder} are as clew stack writes them`)
  else output.complain(`${count} files in ${folder} are not as clew stack writes them`)
  return count === 0 ? 0 : 1
}

const SAID: Readonly<Record<FileState, string>> = {
  missing: 'missing   ',
  same: 'same      ',
  outdated: 'outdated  ',
  changed: 'changed   ',
  foreign: 'not clew’s',
}

interface Writing {
  readonly own: readonly OwnFile[]
  readonly options: StackOptions
  readonly output: Output
}

function write(folder: string, wanted: Wanted, { own, options, output }: Writing): number {
  const { states, obsolete, leftover, isOurs } = compareFolder(folder, wanted)
  const files = (...of: readonly FileState[]): string[] =>
    [...states].filter(([, state]) => of.includes(state)).map(([file]) => file)
  const inTheWay = options.force === true ? [] : files('changed', 'foreign')
  if (inTheWay.length > 0 && !isOurs) return refuse(folder, inTheWay, output)
  const same = files('same')
  const kept = new Set(inTheWay)
  const texts = new Map([...wanted].filter(([file]) => !kept.has(file) && !same.includes(file)))
  const written = [...texts.keys()]
  for (const { name, source, given } of own.filter(({ isInFolder }) => !isInFolder)) {
    texts.set(name, readText(source))
    written.push(given === undefined ? name : `${name}, a copy of ${given}`)
  }
  texts.set(MANIFEST, manifestText(folder, wanted, new Set([...kept, ...leftover])))
  writeFolder(folder, texts, obsolete)
  for (const file of written) output.say(`written  ${file}`)
  for (const file of obsolete) output.say(`removed  ${file}`)
  output.say(`${written.length} written, ${same.length} as they should be, in ${folder}`)
  for (const file of kept) {
    const [first, last] = changedLines(folder, file, wanted.get(file) as string)
    const how = states.get(file) === 'foreign' ? 'is not from clew stack, and differs' : 'was changed by hand,'
    output.complain(`${file} was kept: it ${how} between lines ${first} and ${last}`)
  }
  for (const file of leftover)
    output.complain(
      `${file} was kept: it is not needed any more, but is not as it was written; remove it, or move it away`,
    )
  if (kept.size > 0) output.complain('what the settings say is not in these files; --force replaces them')
  else if (written.length > 0) output.say(`next: ${isOurs ? AFTER_CHANGE : AT_FIRST}`)
  return kept.size + leftover.length === 0 ? 0 : 1
}

const AT_FIRST = 'cp .env.example .env, set GRAFANA_ADMIN_PASSWORD in it, docker compose up --wait'
const AFTER_CHANGE = 'docker compose up --wait --force-recreate'

function refuse(folder: string, files: readonly string[], output: Output): number {
  for (const file of files) output.complain(`${join(folder, file)} is there already, and is not from clew stack`)
  output.complain('nothing was written: name another folder with --out, or replace these files with --force')
  return 1
}
