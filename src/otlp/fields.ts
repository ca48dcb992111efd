import { ByteWriter } from './byte-writer.ts'
import { canonicalKey } from './attribute-key.ts'
import { encodeAttributes, readField, type Encoding } from './encode-attribute.ts'

/** Attributes of a record or span: any values; keys by the OpenTelemetry conventions. */
export type Fields = Readonly<Record<string, unknown>>

/** Fields that many records share (a child logger's, a request's). Encoded once; the values are read when they are bound. */
export class BoundFields {
  /** The fields, under the names they have on the wire. */
  readonly fields: Fields
  #encoded: Uint8Array | undefined
  #tag = 0

  constructor(fields: Fields) {
    const copy: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const key of Object.keys(fields)) copy[canonicalKey(key)] = readField(fields, key)
    this.fields = Object.freeze(copy)
  }

  has(key: string): boolean {
    return canonicalKey(key) in this.fields
  }

  /** These fields and more; the new ones win. */
  with(fields: Fields): BoundFields {
    return new BoundFields({ ...this.fields, ...new BoundFields(fields).fields })
  }

  /** Their bytes as attributes under a tag; encoded at the first call. */
  encoded(tag: number, encoding: Encoding): Uint8Array {
    if (this.#encoded === undefined || this.#tag !== tag) {
      const writer = new ByteWriter(256)
      encodeAttributes(writer, tag, encoding, this.fields)
      this.#encoded = writer.copy()
      this.#tag = tag
    }
    return this.#encoded
  }
}

/** Whether any key stands in more than one of the three: then they must be merged before they are written. */
export function overlap(
  context: BoundFields | undefined,
  bound: BoundFields | undefined,
  fields: Fields | undefined,
): boolean {
  if (fields !== undefined && (context !== undefined || bound !== undefined)) {
    for (const key in fields) if (context?.has(key) === true || bound?.has(key) === true) return true
  }
  if (context === undefined || bound === undefined) return false
  for (const key in bound.fields) if (key in context.fields) return true
  return false
}

/** All fields by their names on the wire; the call's win over the logger's, those over the context's. */
export function mergedFields(
  context: BoundFields | undefined,
  bound: BoundFields | undefined,
  fields: Fields | undefined,
): Fields {
  return {
    ...context?.fields,
    ...bound?.fields,
    ...(fields === undefined ? undefined : new BoundFields(fields).fields),
  }
}
