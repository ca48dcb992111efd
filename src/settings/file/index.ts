/** Files of YAML with mistakes that have a place. Apart from the room's own door, since the parser takes 26 ms to import. */
export type { OptionMistake } from '../option-mistakes.ts'
export { nearest } from '../nearest.ts'
export { readYaml, type YamlReading, type YamlText } from './read-yaml.ts'
