import { REDACTED, secretProperties } from '../privacy/index.ts'
import { readField, type ValueSafety } from '../values/index.ts'
import { encodeValue } from './any-value-sink.ts'
import type { AttributeKeys } from './attribute-key.ts'
import type { ByteWriter } from './byte-writer.ts'

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
  else encodeValue(writer, value, encoding.safety)
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
  const secrets = secretProperties(fields)
  for (const key in fields)
    encodeAttribute(writer, tag, encoding, key, secrets.has(key) ? REDACTED : readField(fields, key))
}
