import { KEYED_ATTRIBUTES, type FieldKind } from '../fields/index.ts'
import {
  mergedFields,
  overlap,
  type BoundFields,
  type Encoding,
  type Fields,
  type LogRecordData,
} from '../otlp/index.ts'
import { secretProperties, type KeyRule } from '../privacy/index.ts'
import { CUT_FIELDS, readShown } from '../values/index.ts'
import { fitsKind } from './field-kind.ts'
import { flat } from './flat-text.ts'

/** The places of a JSON line where fields stand: some keys have one each, then there is one for all others that people have a name for, and the metadata. */
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

/** For each place its fields as JSON: a comma before each, in the metadata only between them. */
export type LinePlaces = string[]

interface LineKey {
  readonly place: number
  readonly kind: FieldKind
  /** Where values of another kind than the key's stand: under the attribute's own name. */
  readonly misfit: LineKey | undefined
  /** `"key":` */
  readonly first: string
  /** `,"key":` */
  readonly next: string
  readonly rule: KeyRule | undefined
}

const MAX_KEYS = 4_096
const MAX_KEY_LENGTH = 256

/** Turns fields into JSON, by the places where they stand in a line. Remembers keys, and what bound fields became. */
export class LineFields {
  readonly #encoding: Encoding
  readonly #keys = new Map<string, LineKey>()
  readonly #bound = new WeakMap<BoundFields, Readonly<LinePlaces>>()

  constructor(encoding: Encoding) {
    this.#encoding = encoding
  }

  /** All fields of a record; those of the call win over the logger's, those over the context's. */
  places({ context, bound, fields }: LogRecordData): LinePlaces {
    const places = ['', '', '', '', '', '', '', '']
    if (overlap(context, bound, fields)) this.#write(mergedFields(context, bound, fields), places)
    else {
      if (context !== undefined) this.#writeBound(context, places)
      if (bound !== undefined) this.#writeBound(bound, places)
      if (fields !== undefined) this.#write(fields, places)
    }
    return places
  }

  #writeBound(bound: BoundFields, places: LinePlaces): void {
    const known = this.#bound.get(bound) ?? this.#addBound(bound)
    for (let place = 0; place < places.length; place++) {
      const comma = place === PLACE.metadata && places[place] !== '' && known[place] !== '' ? ',' : ''
      places[place] += comma + (known[place] as string)
    }
  }

  #addBound(bound: BoundFields): Readonly<LinePlaces> {
    const places = ['', '', '', '', '', '', '', '']
    this.#write(bound.fields, places)
    const known = places.map(flat)
    this.#bound.set(bound, known)
    return known
  }

  #write(fields: Fields, places: LinePlaces): void {
    const secrets = secretProperties(fields)
    const { maxEntries, maxTotalLength } = this.#encoding.safety.limits
    let count = 0
    let length = 0
    let cut = 0
    for (const key in fields) {
      if (++count > maxEntries || length > maxTotalLength) cut++
      else length += this.#field(key, readShown(fields, key, secrets), places)
    }
    if (cut > 0) this.#field(CUT_FIELDS, cut, places)
  }

  /** @returns the length of what was written */
  #field(key: string, value: unknown, places: LinePlaces): number {
    if (value === undefined) return 0
    const known = this.#keys.get(key) ?? this.#addKey(key)
    const { rule } = known
    const covered = rule?.covers(value) === true
    const replaced = covered ? rule.replace(value) : undefined
    if (covered && replaced === undefined) return 0
    const json = replaced === undefined ? this.#encoding.safety.json(value) : JSON.stringify(replaced)
    const { place, first, next } = known.misfit === undefined || fitsKind(json, known.kind) ? known : known.misfit
    // Two spellings of one key: the later stands.
    if (place < PLACE.others) places[place] = next + json
    else if (place === PLACE.metadata && places[place] === '') places[place] = first + json
    else places[place] += next + json
    return json.length
  }

  #addKey(key: string): LineKey {
    const { name, rule } = this.#encoding.keys.get(key)
    const keyed = KEYED_ATTRIBUTES.get(name)
    const own = { place: PLACE.metadata, ...keyTexts(name), rule, kind: 'text', misfit: undefined } as const
    const known =
      keyed === undefined
        ? own
        : { ...own, ...keyTexts(keyed.key), kind: keyed.kind, place: placeOf(keyed.key), misfit: own }
    if (this.#keys.size < MAX_KEYS && key.length <= MAX_KEY_LENGTH) this.#keys.set(key, known)
    return known
  }
}

function placeOf(key: string): number {
  return (PLACE as Record<string, number>)[key] ?? PLACE.others
}

function keyTexts(key: string): { readonly first: string; readonly next: string } {
  const first = flat(`${JSON.stringify(key)}:`)
  return { first, next: flat(`,${first}`) }
}
