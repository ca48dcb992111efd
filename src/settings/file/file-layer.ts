import type { Pair } from 'yaml'
import type { Environment } from '../environment.ts'
import type { Layer } from '../layers.ts'
import { optionMistakes } from '../option-mistakes.ts'
import type { InitOptions } from '../options.ts'
import { OPTIONS } from '../schema.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { SECTION_LINE, type FoundFile } from '../settings-file.ts'
import { OptionReader } from './option-reader.ts'
import { placeInFile, toldMistakes } from './told-mistakes.ts'
import { withoutWrong } from './without-wrong.ts'
import { BrokenYaml, YamlSource } from './yaml-source.ts'

/** What a file says, without what is wrong in it. */
export interface FileLayer {
  readonly layer: Layer | undefined
  readonly mistakes: readonly SettingsMistake[]
}

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
  const layer: Layer = {
    origin: 'file',
    options: { ...(withoutWrong(options, wrong) as InitOptions), config: name },
    from: (path) => `${name}:${reader.placeOf(path.split('.')).line}`,
    place: (path) => placeInFile(name, reader.placeOf(path.split('.'))),
    refused: new Set(),
  }
  const placed = wrong.map((one) => ({ ...one, place: reader.placeOf(one.path) }))
  return { layer, mistakes: toldMistakes(name, [...reader.mistakes, ...placed]) }
}
