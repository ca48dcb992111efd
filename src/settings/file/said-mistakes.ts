import type { OptionMistake } from '../option-mistakes.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { isSecretName } from '../shown-value.ts'
import { fileKey } from './file-key.ts'
import type { FilePlace, MistakeInFile, OptionReader } from './option-reader.ts'

/** More would be read by nobody. */
const MAX_MISTAKES = 50

/** A place as messages say it: `config.yaml:3:10 logging.level`. */
export function whereIn(name: string, { line, column, key }: FilePlace): string {
  return `${name}:${line}:${column} ${key}`.trimEnd()
}

/** What a reader found wrong in a file, and what is wrong with the values it read, in the order of the lines. */
export function saidMistakes(name: string, reader: OptionReader, wrong: readonly OptionMistake[]): SettingsMistake[] {
  const mistakes = [...reader.mistakes, ...wrong.map((one) => ({ ...one, place: reader.placeOf(one.path) }))]
    .toSorted(byPlace)
    .map((one) => ({ where: whereIn(name, one.place), ...inFile(one) }))
  return mistakes.length > MAX_MISTAKES ? cut(mistakes, name) : mistakes
}

function cut(mistakes: readonly SettingsMistake[], name: string): SettingsMistake[] {
  const more = mistakes.length - MAX_MISTAKES
  return [...mistakes.slice(0, MAX_MISTAKES), { where: name, found: `${more} more mistakes`, allowed: 'none' }]
}

function byPlace({ place: a }: MistakeInFile, { place: b }: MistakeInFile): number {
  return a.line - b.line || a.column - b.column
}

/** A mistake in the words of a file. The value of a variable that is called like a secret is not shown. */
function inFile({ place, found, allowed, nearest, isNoText }: MistakeInFile): Omit<SettingsMistake, 'where'> {
  const { variables = [] } = place
  const isSecret = variables.some(isSecretName)
  const value = isSecret ? 'a value' : found
  const shown = variables.length === 0 ? found : `${value} from ${variables.map((one) => `\${${one}}`).join(', ')}`
  return {
    found: isNoText === true ? `${shown}, which is no text without quotes` : shown,
    allowed: allowed.replaceAll(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, fileKey),
    ...(nearest === undefined || isSecret ? undefined : { nearest }),
  }
}
