import type { SettingsMistake } from '../settings-error.ts'
import { isSecretName } from '../shown-value.ts'
import { fileKey } from './file-key.ts'
import type { FilePlace, MistakeInFile } from './option-reader.ts'

/** More would be read by nobody. */
const MAX_MISTAKES = 50

/** Mistakes in a file of this name in the order of their places, in the words of a file. */
export function toldMistakes(name: string, mistakes: readonly MistakeInFile[]): SettingsMistake[] {
  const told = mistakes
    .toSorted(byPlace)
    .map((one): SettingsMistake => ({ where: placeInFile(name, one.place), ...inFile(one) }))
  if (told.length <= MAX_MISTAKES) return told
  const more = told.length - MAX_MISTAKES
  return [...told.slice(0, MAX_MISTAKES), { where: name, found: `${more} more mistakes`, allowed: 'none' }]
}

/** `config.yaml:3:10 logging.level`. */
export function placeInFile(name: string, { line, column, key }: FilePlace): string {
  return `${name}:${line}:${column} ${key}`.trimEnd()
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
