import { namedFields, ownKeys, readField } from '../values/index.ts'
import { canonicalKey, spellingsOf } from './attribute-key.ts'
import { ByteWriter } from './byte-writer.ts'
import { encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'

/** Attributes of a record or span: any values; keys by the OpenTelemetry conventions. */
export type Fields = Readonly<Record<string, unknown>>

/** The tag under which attributes stand in a LogRecord. */
export const LOG_ATTRIBUTE = 0x32

let scratch: ByteWriter | undefined = new ByteWriter(4_096)

/** Fields that many records share (a child logger's, a request's). Encoded once; the values are read when they are bound. */
export class BoundFields {
  /** The fields, under the names they have on the wire. */
  readonly fields: Fields
  #encoded: Uint8Array | undefined
  #spellings: ReadonlySet<string> | undefined
  #compared: BoundFields | undefined
  #overlaps = false

  /** @param base fields that are bound already; the new ones win */
  constructor(fields: Fields, base?: BoundFields) {
    const all: Record<string, unknown> = base === undefined ? {} : { ...base.fields }
    copyFields(fields, all)
    this.fields = all
  }

  /** Whether a field of this name, in any of its spellings, is bound. */
  has(key: string): boolean {
    this.#spellings ??= allSpellings(this.fields)
    return this.#spellings.has(key)
  }

  /** Whether any of these fields, in any of its spellings, is bound. */
  overlaps(fields: Fields): boolean {
    this.#spellings ??= allSpellings(this.fields)
    for (const key in fields) if (this.#spellings.has(key)) return true
    return false
  }

  /** The same of a logger's fields; the last are remembered, since a request's records mostly come from a few loggers. */
  overlapsBound(others: BoundFields): boolean {
    if (others !== this.#compared) {
      this.#overlaps = this.overlaps(others.fields)
      this.#compared = others
    }
    return this.#overlaps
  }

  /** Their bytes as attributes of a LogRecord; encoded at the first call. */
  encoded(encoding: Encoding): Uint8Array {
    return (this.#encoded ??= this.#encode(encoding))
  }

  #encode(encoding: Encoding): Uint8Array {
    // A value's own code (a getter, toJSON) may log and so come here again: then with a writer of its own.
    const writer = scratch ?? new ByteWriter(1_024)
    scratch = undefined
    writer.position = 0
    encodeAttributes(writer, LOG_ATTRIBUTE, encoding, this.fields)
    scratch = writer
    return writer.copy()
  }
}

function allSpellings(fields: Fields): Set<string> {
  const all = new Set<string>()
  for (const name in fields) for (const spelling of spellingsOf(name)) all.add(spelling)
  return all
}

function copyFields(given: Fields, to: Record<string, unknown>): void {
  const fields = namedFields(given) as Fields
  for (const key of ownKeys(fields)) {
    const name = canonicalKey(key)
    if (name === '__proto__')
      Object.defineProperty(to, name, { value: readField(fields, key), enumerable: true, configurable: true })
    else to[name] = readField(fields, key)
  }
}

/** Whether any key stands in more than one of the three: then they must be merged before they are written. */
export function overlap(
  context: BoundFields | undefined,
  bound: BoundFields | undefined,
  fields: Fields | undefined,
): boolean {
  if (fields !== undefined && (context?.overlaps(fields) === true || bound?.overlaps(fields) === true)) return true
  return bound !== undefined && context?.overlapsBound(bound) === true
}

/** All fields by their names on the wire; the call's win over the logger's, those over the context's. */
export function mergedFields(
  context: BoundFields | undefined,
  bound: BoundFields | undefined,
  fields: Fields | undefined,
): Fields {
  const all: Record<string, unknown> = { ...context?.fields, ...bound?.fields }
  if (fields !== undefined) copyFields(fields, all)
  return all
}
