import type { BoundFields, Encoding, Fields } from '../otlp/index.ts'
import { REDACTED, secretProperties, type KeyRule } from '../privacy/index.ts'
import { JsonWriter, readField } from '../values/index.ts'
import { JSON_KEYS } from './field-names.ts'

/** The places of a JSON line where fields stand: first those that have one each, then one for all others that people have a name for, then the metadata. */
export const PLACE = {
  operation: 0,
  session_id: 1,
  user_id: 2,
  tenant_id: 3,
  request_id: 4,
  duration_ms: 5,
  others: 6,
  metadata: 7,
} as const

/** For each place its fields as JSON, a comma before each. */
export type LineParts = readonly Uint8Array[]

export const NO_PARTS: LineParts = Object.keys(PLACE).map(() => new Uint8Array())

/** Parts under construction. */
export type LinePlaces = readonly JsonWriter[]

export function createPlaces(): LinePlaces {
  return Object.keys(PLACE).map(() => new JsonWriter())
}

interface LineKey {
  readonly place: number
  /** `,"key":` */
  readonly bytes: Uint8Array
  readonly rule: KeyRule | undefined
}

const MAX_KEYS = 4_096
const MAX_KEY_LENGTH = 256

/** Writes fields to their places in a JSON line. Remembers keys, and what was written for bound fields. */
export class LineFields {
  readonly #encoding: Encoding
  readonly #keys = new Map<string, LineKey>()
  readonly #bound = new WeakMap<BoundFields, LineParts>()

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  write(fields: Fields, places: LinePlaces): void {
    const secrets = secretProperties(fields)
    for (const key in fields) this.#field(key, secrets.has(key) ? REDACTED : readField(fields, key), places)
  }

  bound(fields: BoundFields): LineParts {
    return this.#bound.get(fields) ?? this.#addBound(fields)
  }

  #addBound(fields: BoundFields): LineParts {
    const places = createPlaces()
    this.write(fields.fields, places)
    const parts = places.map((place) => Uint8Array.from(place.buffer.subarray(0, place.position)))
    this.#bound.set(fields, parts)
    return parts
  }

  #field(key: string, value: unknown, places: LinePlaces): void {
    if (value === undefined) return
    const { place, bytes, rule } = this.#keys.get(key) ?? this.#addKey(key)
    const covered = rule?.covers(value) === true
    const replaced = covered ? rule.replace(value) : undefined
    if (covered && replaced === undefined) return
    const json = places[place] as JsonWriter
    // Two spellings of one key: the later stands.
    if (place < PLACE.others) json.position = 0
    json.raw(bytes)
    if (replaced === undefined) this.#encoding.safety.write(value, json)
    else json.text(replaced)
  }

  #addKey(key: string): LineKey {
    const { name, rule } = this.#encoding.keys.get(key)
    const jsonKey = JSON_KEYS.get(name)
    const place = jsonKey === undefined ? PLACE.metadata : ((PLACE as Record<string, number>)[jsonKey] ?? PLACE.others)
    const known = { place, bytes: Buffer.from(`,${JSON.stringify(jsonKey ?? name)}:`), rule }
    if (this.#keys.size < MAX_KEYS && key.length <= MAX_KEY_LENGTH) this.#keys.set(key, known)
    return known
  }
}
