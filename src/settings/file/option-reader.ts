import type { GenericSchema } from 'valibot'
import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Environment } from '../environment.ts'
import { unknownOption, type OptionMistake } from '../option-mistakes.ts'
import { isData, isText, itemsOf, membersOf, valuesOf } from '../schema-shape.ts'
import { UnusableValue } from '../settings-error.ts'
import { fileKey } from './file-key.ts'
import { substitute } from './substitution.ts'
import type { LineAndColumn, YamlSource } from './yaml-source.ts'

/** Where something stands in a file. */
export interface FilePlace extends LineAndColumn {
  /** As the file calls it: `logging.otlp.timeout_ms`. */
  readonly key: string
  /** The variables whose values are in it. */
  readonly variables?: readonly string[]
}

/** What is read: an option by its path, and what the file calls it. */
export interface Spot {
  readonly path: readonly string[]
  readonly key: string
}

/** A mistake that can be seen from the file alone. */
export interface MistakeInFile extends Omit<OptionMistake, 'path'> {
  readonly place: FilePlace
}

/** Options that only code can set, though their values could be written down. */
const CODE_ONLY = new Set(['config'])

/** Reads options out of YAML nodes, along their schema: what the schema has no place for is not looked into, so that aliases can't make much of little. */
export class OptionReader {
  readonly mistakes: MistakeInFile[] = []
  readonly #source: YamlSource
  readonly #variables: Environment | undefined
  readonly #page: string | undefined
  readonly #places = new Map<string, FilePlace>()

  /**
   * @param variables whose values are put into scalars; undefined where a `$` is a character like any other
   * @param page where the options are told, when they are too many for a message
   */
  constructor(source: YamlSource, variables: Environment | undefined, page?: string) {
    this.#source = source
    this.#variables = variables
    this.#page = page
  }

  /** The place of an option; of the nearest one above it, where it is not there. */
  placeOf(path: readonly string[]): FilePlace {
    for (let length = path.length; length >= 0; length--) {
      const place = this.#places.get(path.slice(0, length).join('.'))
      if (place !== undefined) return { ...place, key: path.slice(length).map(fileKey).reduce(keyBelow, place.key) }
    }
    return { line: 1, column: 1, key: '' }
  }

  /** The value of a node; null where nothing is said. */
  read(schema: GenericSchema, node: unknown, spot: Spot): unknown {
    const place = this.#placeOfNode(node, spot.key)
    if (place !== undefined) this.#places.set(spot.path.join('.'), place)
    const target = this.#source.target(node)
    if (isMap(target)) return this.#readMap(schema, target, spot)
    if (isSeq(target)) return this.#readList(schema, target, spot)
    if (isScalar(target)) return this.#readScalar(schema, target, spot)
    if (node !== null) this.#wrong(this.placeOf(spot.path), 'an alias of nothing', 'an anchor before it')
    return null
  }

  #placeOfNode(node: unknown, key: string): FilePlace | undefined {
    const offset = (node as Node | null)?.range?.[0]
    return offset === undefined ? undefined : { ...this.#source.placeOf(offset), key }
  }

  #wrong(place: FilePlace, found: string, allowed: string): void {
    this.mistakes.push({ place, found, allowed })
  }

  #readMap(schema: GenericSchema, map: YAMLMap, spot: Spot): object {
    const options = Object.create(null) as Record<string, unknown>
    const members = membersOf(schema)
    const any = valuesOf(schema)
    if (members === undefined && any === undefined) return options
    const names = new Map(
      Object.entries(members ?? {})
        .filter(isInFile)
        .map(([option]) => [fileKey(option), option]),
    )
    for (const [name, pair] of this.#pairs(map, spot)) {
      const option = any === undefined ? names.get(name) : name
      if (option === undefined) {
        const place = this.#placeOfNode(pair.key, keyBelow(spot.key, name)) ?? this.placeOf(spot.path)
        this.mistakes.push({ ...unknownOption([name], [...names.keys()], this.#page), place })
        continue
      }
      const value = this.read(any ?? (members?.[option] as GenericSchema), pair.value, below(spot, option, name))
      if (value !== null) options[option] = value
      // An entry of a map that has a name and nothing else is not nothing.
      else if (any?.type === 'strict_object') options[option] = {}
    }
    return options
  }

  /** The pairs with names that are text, each once. */
  #pairs(map: YAMLMap, spot: Spot): ReadonlyMap<string, Pair> {
    const pairs = new Map<string, Pair>()
    for (const pair of map.items) {
      const name = nameOf(this.#source.target(pair.key))
      const key = name === undefined ? spot.key : keyBelow(spot.key, name)
      const place = this.#placeOfNode(pair.key, key) ?? this.placeOf(spot.path)
      if (name === undefined) this.#wrong(place, 'a key that is no text', 'text')
      else if (pairs.has(name)) this.#wrong(place, 'the same key again', 'each key once')
      else pairs.set(name, pair)
    }
    return pairs
  }

  #readList(schema: GenericSchema, list: YAMLSeq, spot: Spot): unknown[] {
    const items = itemsOf(schema)
    if (items === undefined) return []
    return list.items.map((item, index) => this.read(items, item, below(spot, String(index))))
  }

  #readScalar(schema: GenericSchema, { value, type }: Scalar, { path }: Spot): unknown {
    if (this.#variables === undefined || typeof value !== 'string' || !value.includes('$')) return value
    try {
      const { text, names } = substitute(value, this.#variables)
      if (names.length === 0) return text
      this.#places.set(path.join('.'), { ...this.placeOf(path), variables: names })
      if (type !== 'PLAIN') return text
      return text !== '' && isText(schema) ? text : this.#source.plainValue(text)
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error
      this.#wrong(this.placeOf(path), error.found, error.allowed)
      return null
    }
  }
}

function below({ path, key }: Spot, option: string, name = option): Spot {
  return { path: [...path, option], key: keyBelow(key, name) }
}

function keyBelow(key: string, name: string): string {
  return key === '' ? name : `${key}.${name}`
}

/** Whether an option can be in a file. */
export function isInFile([option, schema]: readonly [string, GenericSchema]): boolean {
  return isData(schema) && !CODE_ONLY.has(option)
}

function nameOf(node: Node | undefined): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : node.source
}
