import { readField, type SafeValue, type ValueSafety } from '../values/index.ts'
import type { AttributeKeys } from './attribute-key.ts'
import { isInt64, type ByteWriter } from './byte-writer.ts'

/** What every encoder needs to turn values into bytes. One per SDK. */
export interface Encoding {
  readonly keys: AttributeKeys
  readonly safety: ValueSafety
}

/** Writes one KeyValue under the tag of the message it belongs to; `undefined` is left out. */
export function encodeAttribute(
  writer: ByteWriter,
  tag: number,
  encoding: Encoding,
  key: string,
  value: unknown,
): void {
  if (value === undefined) return
  const known = encoding.keys.get(key)
  if (typeof value === 'string' && known.rule === undefined && value.length <= MAX_SHORT_STRING) {
    const text = encoding.safety.text(value)
    if (encodeShortString(writer, tag, known.bytes, text)) return
  }
  const replaced = known.rule?.covers(value) === true
  const text = replaced ? known.rule?.replace(value) : undefined
  if (replaced && text === undefined) return
  const start = writer.open(tag)
  writer.bytes(known.bytes)
  const content = writer.open(0x12)
  if (text !== undefined) writer.string(0x0a, text)
  else encodeUnsafe(writer, value, encoding.safety)
  writer.close(content)
  writer.close(start)
}

/** Longest string whose attribute needs only lengths of one byte, given a key of no more than that. */
const MAX_SHORT_STRING = 60

/**
 * Writes the attribute in one go, all lengths known beforehand: the text is short and ASCII, as most are. Otherwise writes nothing and answers false.
 */
function encodeShortString(writer: ByteWriter, tag: number, key: Uint8Array, text: string): boolean {
  const textLength = text.length
  const keyLength = key.length
  if (textLength > MAX_SHORT_STRING || keyLength > MAX_SHORT_STRING) return false
  writer.ensure(keyLength + textLength + 6)
  const { buffer } = writer
  let at = writer.position
  buffer[at++] = tag
  buffer[at++] = keyLength + textLength + 4
  for (let i = 0; i < keyLength; i++) buffer[at++] = key[i] as number
  buffer[at++] = 0x12
  buffer[at++] = textLength + 2
  buffer[at++] = 0x0a
  buffer[at++] = textLength
  for (let i = 0; i < textLength; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    buffer[at++] = code
  }
  writer.position = at
  return true
}

/** Writes each own enumerable property as one KeyValue. */
export function encodeAttributes(
  writer: ByteWriter,
  tag: number,
  encoding: Encoding,
  fields: Readonly<Record<string, unknown>>,
): void {
  for (const key in fields) encodeAttribute(writer, tag, encoding, key, readField(fields, key))
}

/** Writes the content of an AnyValue from any JavaScript value. */
export function encodeUnsafe(writer: ByteWriter, value: unknown, safety: ValueSafety): void {
  if (typeof value === 'string') writer.string(0x0a, safety.text(value))
  else if (typeof value === 'number') encodeNumber(writer, value)
  else encodeSafe(writer, safety.value(value))
}

/** Integers beyond int64 are doubles, as in OpenTelemetry's own serializers. */
function encodeNumber(writer: ByteWriter, value: number): void {
  if (isInt64(value)) {
    writer.byte(0x18)
    writer.varint(value)
  } else {
    writer.byte(0x21)
    writer.double(value)
  }
}

function encodeSafe(writer: ByteWriter, value: SafeValue): void {
  switch (typeof value) {
    case 'string':
      return writer.string(0x0a, value)
    case 'number':
      return encodeNumber(writer, value)
    case 'boolean':
      writer.byte(0x10)
      return writer.byte(value ? 1 : 0)
    case 'bigint':
      writer.byte(0x18)
      return writer.bigVarint(BigInt.asUintN(64, value))
    default:
      return value === null ? undefined : encodeComposite(writer, value)
  }
}

function encodeComposite(
  writer: ByteWriter,
  value: Exclude<SafeValue, string | number | boolean | bigint | null>,
): void {
  if (value instanceof Uint8Array) {
    const start = writer.open(0x3a)
    writer.bytes(value)
    return writer.close(start)
  }
  const start = writer.open(Array.isArray(value) ? 0x2a : 0x32)
  if (Array.isArray(value)) for (const item of value as readonly SafeValue[]) encodeItem(writer, 0x0a, item)
  else for (const [key, item] of Object.entries(value as Record<string, SafeValue>)) encodeEntry(writer, key, item)
  writer.close(start)
}

function encodeItem(writer: ByteWriter, tag: number, item: SafeValue): void {
  const start = writer.open(tag)
  encodeSafe(writer, item)
  writer.close(start)
}

function encodeEntry(writer: ByteWriter, key: string, item: SafeValue): void {
  const start = writer.open(0x0a)
  writer.string(0x0a, key)
  encodeItem(writer, 0x12, item)
  writer.close(start)
}
