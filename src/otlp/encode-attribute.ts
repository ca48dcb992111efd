import { secretProperties } from '../privacy/index.ts'
import { CUT_FIELDS, readShown } from '../values/index.ts'
import { encodeValue } from './any-value-sink.ts'
import { isInt64, MAX_LOOPED_TEXT, type ByteWriter, type TextBuffer } from './byte-writer.ts'
import type { Encoding } from './encoding.ts'

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
  if (!encodeShort(writer, tag, bytes, shown)) encodeLong(writer, tag, encoding, bytes, shown)
}

function encodeLong(writer: ByteWriter, tag: number, { safety }: Encoding, key: Uint8Array, shown: unknown): void {
  if (shown === undefined) return
  const start = writer.open(tag)
  writer.bytes(key)
  const content = writer.open(0x12)
  if (typeof shown === 'string') writer.string(0x0a, shown)
  else encodeValue(writer, shown, safety)
  writer.close(content)
  writer.close(start)
}

/** Longest text, and key with its tag and length, whose attribute needs only lengths of one byte. */
const MAX_SHORT = 60
/** Longer keys are copied by a call, shorter ones in a loop: whichever is faster. */
const MAX_LOOPED = 12
const DOUBLE = new Float64Array(1)
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer)

/** Writes the attribute in one go when it is short, as most are: ASCII text, a number, a boolean, with lengths of one byte. Otherwise writes nothing and answers false. */
function encodeShort(writer: ByteWriter, tag: number, key: Uint8Array, value: unknown): boolean {
  const keyLength = key.length
  if (keyLength > MAX_SHORT) return false
  writer.ensure(4 * MAX_SHORT + 6)
  const { buffer, position } = writer
  const content = position + keyLength + 4
  if (keyLength > MAX_LOOPED) buffer.set(key, position + 2)
  else for (let i = 0; i < keyLength; i++) buffer[position + 2 + i] = key[i] as number
  const end = writeShort(buffer, content, value)
  if (end < 0) return false
  buffer[position] = tag
  buffer[position + 1] = end - position - 2
  buffer[content - 2] = 0x12
  buffer[content - 1] = end - content
  writer.position = end
  return true
}

/** Writes the content of an AnyValue. Answers where it ends; -1 for a value that is not short. */
function writeShort(buffer: TextBuffer, at: number, value: unknown): number {
  if (typeof value === 'string') return writeShortText(buffer, at, value)
  if (typeof value === 'number') return writeShortNumber(buffer, at, value)
  if (typeof value !== 'boolean') return -1
  buffer[at] = 0x10
  buffer[at + 1] = value ? 1 : 0
  return at + 2
}

function writeShortText(buffer: TextBuffer, start: number, text: string): number {
  const { length } = text
  if (length > MAX_SHORT) return -1
  let at = start
  buffer[at++] = 0x0a
  buffer[at++] = length
  if (length > MAX_LOOPED_TEXT) return buffer.utf8Write(text, at, length * 3) === length ? at + length : -1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return -1
    buffer[at++] = code
  }
  return at
}

function writeShortNumber(buffer: Buffer, start: number, value: number): number {
  let at = start
  if (isInt64(value)) {
    if (value < 0 || value > 0x7fff_ffff) return -1
    buffer[at++] = 0x18
    let rest = value | 0
    for (; rest > 127; rest >>>= 7) buffer[at++] = (rest & 127) | 128
    buffer[at++] = rest
    return at
  }
  buffer[at++] = 0x21
  DOUBLE[0] = value
  for (let i = 0; i < 8; i++) buffer[at++] = DOUBLE_BYTES[i] as number
  return at
}

/** Writes each own enumerable property as one KeyValue, up to the limits of one value; how many were left out is said by one more. */
export function encodeAttributes(
  writer: ByteWriter,
  tag: number,
  encoding: Encoding,
  fields: Readonly<Record<string, unknown>>,
): void {
  const secrets = secretProperties(fields)
  const { maxEntries, maxTotalLength } = encoding.safety.limits
  const end = writer.position + maxTotalLength
  let count = 0
  for (const key in fields) {
    if (++count > maxEntries || writer.position > end) return encodeCut(writer, tag, encoding, leftFrom(fields, count))
    encodeAttribute(writer, tag, encoding, key, readShown(fields, key, secrets))
  }
}

function encodeCut(writer: ByteWriter, tag: number, encoding: Encoding, cut: number): void {
  encodeAttribute(writer, tag, encoding, CUT_FIELDS, cut)
}

/** How many properties there are from the one with this number on, the first being 1. */
function leftFrom(fields: Readonly<Record<string, unknown>>, count: number): number {
  let all = 0
  for (const _ in fields) all++
  return all - count + 1
}
