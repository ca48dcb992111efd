import { REDACTED, secretProperties } from '../privacy/index.ts'
import { readField, type ValueSafety } from '../values/index.ts'
import { encodeBoolean, encodeNumber, encodeValue } from './any-value-sink.ts'
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
  const { bytes, rule } = encoding.keys.get(key)
  const covered = rule?.covers(value) === true
  const shown = covered ? rule.replace(value) : typeof value === 'string' ? encoding.safety.text(value) : value
  if (shown === undefined || encodeShort(writer, tag, bytes, shown)) return
  const start = writer.open(tag)
  writer.bytes(bytes)
  const content = writer.open(0x12)
  if (typeof shown === 'string') writer.string(0x0a, shown)
  else encodeValue(writer, shown, encoding.safety)
  writer.close(content)
  writer.close(start)
}

/** Longest string, and key with its tag and length, whose attribute needs only lengths of one byte. */
const MAX_SHORT = 60

/** Writes the attribute in one go when it is short, as most are: a number, a boolean or ASCII text, with lengths of one byte. Otherwise writes nothing and answers false. */
function encodeShort(writer: ByteWriter, tag: number, key: Uint8Array, value: unknown): boolean {
  if (key.length > MAX_SHORT) return false
  const start = writer.position
  writer.ensure(2 * MAX_SHORT + 8)
  writer.buffer[start] = tag
  writer.position = start + 2
  writer.bytes(key)
  const content = writer.position + 2
  writer.buffer[content - 2] = 0x12
  writer.position = content
  if (!encodeShortValue(writer, value)) {
    writer.position = start
    return false
  }
  writer.buffer[content - 1] = writer.position - content
  writer.buffer[start + 1] = writer.position - start - 2
  return true
}

function encodeShortValue(writer: ByteWriter, value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_SHORT && writer.ascii(0x0a, value)
  if (typeof value === 'number') encodeNumber(writer, value)
  else if (typeof value === 'boolean') encodeBoolean(writer, value)
  else return false
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
