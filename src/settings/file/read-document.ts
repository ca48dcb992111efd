import type { GenericSchema } from 'valibot'
import type { Environment } from '../environment.ts'
import { optionMistakes } from '../option-mistakes.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { OptionReader } from './option-reader.ts'
import { saidMistakes } from './said-mistakes.ts'
import { BrokenYaml, YamlSource } from './yaml-source.ts'

/** A file that is read, and what messages call it. */
export interface NamedText {
  readonly name: string
  readonly text: string
}

/** What a whole document says, and what is wrong in it. */
export interface DocumentReading {
  /** In the shape of the schema where there are no mistakes. */
  readonly options: unknown
  readonly mistakes: readonly SettingsMistake[]
}

/** Reads a YAML document whose top is an object of this schema: keys as in `config.yaml`, with `${NAME}` for variables. Keys that are empty are left out. */
export function readDocument(
  schema: GenericSchema,
  { name, text }: NamedText,
  variables: Environment,
): DocumentReading {
  try {
    const source = new YamlSource(text)
    const reader = new OptionReader(source, variables)
    const options = (source.root === null ? null : reader.read(schema, source.root, { path: [], key: '' })) ?? {}
    return { options, mistakes: saidMistakes(name, reader, optionMistakes(options, schema)) }
  } catch (error) {
    if (!(error instanceof BrokenYaml)) throw error
    const { found, allowed, place } = error
    return { options: {}, mistakes: [{ where: `${name}:${place.line}:${place.column}`, found, allowed }] }
  }
}
