import type { GenericSchema } from 'valibot'
import { mistakesIn, type OptionMistake } from '../option-mistakes.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { OptionReader } from './option-reader.ts'
import { toldMistakes } from './told-mistakes.ts'
import { BrokenYaml, YamlSource } from './yaml-source.ts'

/** What to read, and how to speak of it. */
export interface YamlText {
  /** As messages call it. */
  readonly name: string
  readonly text: string
  /** The page that tells what may be in it. */
  readonly page: string
}

/** What a file says. */
export interface YamlReading {
  /** In the shape of the schema where there are no mistakes; keys in `snake_case` are in `camelCase`. */
  readonly value: unknown
  /** All mistakes in the order of their places; none when it is empty. */
  readonly mistakes: readonly SettingsMistake[]
}

/**
 * Reads a whole file of YAML along a schema. A `$` is a character like any other: variables are not put in.
 * @param look what else is wrong, told by paths; it gets what is wrong with the shape, whose parts it must not rely on
 */
export function readYaml(
  schema: GenericSchema,
  { name, text, page }: YamlText,
  look: (value: unknown, shape: readonly OptionMistake[]) => readonly OptionMistake[],
): YamlReading {
  try {
    const source = new YamlSource(text)
    const reader = new OptionReader(source, undefined, page)
    const value = reader.read(schema, source.contents, { path: [], key: '' }) ?? {}
    const shape = mistakesIn(schema, value)
    const placed = [...shape, ...look(value, shape)].map((one) => ({ ...one, place: reader.placeOf(one.path) }))
    return { value, mistakes: toldMistakes(name, [...reader.mistakes, ...placed]) }
  } catch (error) {
    if (!(error instanceof BrokenYaml)) throw error
    const { found, allowed, place } = error
    return { value: {}, mistakes: [{ where: `${name}:${place.line}:${place.column}`, found, allowed }] }
  }
}
