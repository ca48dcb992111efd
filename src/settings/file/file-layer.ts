import type { Pair } from 'yaml'
import type { Environment } from '../environment.ts'
import type { Layer } from '../layers.ts'
import { optionMistakes } from '../option-mistakes.ts'
import type { InitOptions } from '../options.ts'
import { OPTIONS } from '../schema.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { SECTION_LINE, type FoundFile } from '../settings-file.ts'
import { isSecretName } from '../shown-value.ts'
import { fileKey } from './file-key.ts'
import { OptionReader, type FilePlace, type MistakeInFile } from './option-reader.ts'
import { withoutWrong } from './without-wrong.ts'
import { BrokenYaml, YamlSource } from './yaml-source.ts'

/** What a file says, without what is wrong in it. */
export interface FileLayer {
  readonly layer: Layer | undefined
  readonly mistakes: readonly SettingsMistake[]
}

/** More would be read by nobody. */
const MAX_MISTAKES = 50
const SECTION = 'logging'

/** Reads the section `logging:` of a file. One that nobody named and that has none is not meant for clew. */
export function readFileLayer(file: FoundFile, variables: Environment): FileLayer {
  try {
    const source = new YamlSource(file.text)
    const sections = (source.top ?? []).filter(({ key }) => isSection(source, key))
    if (sections.length === 1) return readSection(file, sections[0] as Pair, new OptionReader(source, variables))
    if (sections.length === 0 && !file.isNamed) return { layer: undefined, mistakes: [] }
    const found = sections.length === 0 ? `no section ${SECTION}:` : `more than one section ${SECTION}:`
    return { layer: undefined, mistakes: [{ where: file.name, found, allowed: `one section ${SECTION}:` }] }
  } catch (error) {
    if (!(error instanceof BrokenYaml)) throw error
    const { found, allowed, place } = error
    const where = `${file.name}:${place.line}:${place.column}`
    const isMeant = file.isNamed || SECTION_LINE.test(file.text)
    return { layer: undefined, mistakes: isMeant ? [{ where, found, allowed }] : [] }
  }
}

function isSection(source: YamlSource, key: unknown): boolean {
  const target = source.target(key)
  return target !== undefined && 'value' in target && target.value === SECTION
}

function readSection({ name }: FoundFile, section: Pair, reader: OptionReader): FileLayer {
  const options = reader.read(OPTIONS, section.value, { path: [], key: SECTION }) ?? {}
  const wrong = optionMistakes(options)
  const where = ({ line, column, key }: FilePlace): string => `${name}:${line}:${column} ${key}`
  const layer: Layer = {
    origin: 'file',
    options: { ...(withoutWrong(options, wrong) as InitOptions), config: name },
    from: (path) => `${name}:${reader.placeOf(path.split('.')).line}`,
    place: (path) => where(reader.placeOf(path.split('.'))),
    refused: new Set(),
  }
  const mistakes = [...reader.mistakes, ...wrong.map((one) => ({ ...one, place: reader.placeOf(one.path) }))]
    .toSorted(byPlace)
    .map((one) => ({ where: where(one.place), ...inFile(one) }))
  return { layer, mistakes: mistakes.length > MAX_MISTAKES ? cut(mistakes, name) : mistakes }
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
