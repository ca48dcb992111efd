import { type Attributes, type JsonValue, MAX_VALUE_DEPTH, setAttribute } from './decode-entry.ts'
import { ProtobufError, type ProtobufReader } from './protobuf-reader.ts'

/** Reads an `AnyValue` that the reader is at (its length first). */
export function readValue(reader: ProtobufReader, depth = 0): JsonValue {
  if (depth > MAX_VALUE_DEPTH) throw new ProtobufError(`values nested deeper than ${MAX_VALUE_DEPTH}`, reader.position)
  const outer = reader.enter()
  let value: JsonValue = null
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    switch (tag) {
      case 0x0a: // string_value
        value = reader.readString()
        break
      case 0x10: // bool_value
        value = reader.readVarint32() !== 0
        break
      case 0x18: // int_value
        value = reader.readInt64()
        break
      case 0x21: // double_value
        value = jsonNumber(reader.readDouble())
        break
      case 0x2a: // array_value
        value = readArray(reader, depth)
        break
      case 0x32: // kvlist_value
        value = readKeyValueList(reader, depth)
        break
      case 0x3a: // bytes_value
        value = reader.readBytes('base64')
        break
      default:
        reader.skip(tag)
    }
  }
  reader.leave(outer)
  return value
}

/** Reads one `KeyValue` (its length first) into `target`. */
export function readKeyValue(reader: ProtobufReader, target: Attributes, depth = 0): void {
  const outer = reader.enter()
  let key = ''
  let value: JsonValue = null
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) key = reader.readName()
    else if (tag === 0x12) value = readValue(reader, depth)
    else reader.skip(tag)
  }
  reader.leave(outer)
  setAttribute(target, key, value)
}

/** A double as JSON can say it. */
export function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function readArray(reader: ProtobufReader, depth: number): JsonValue[] {
  const outer = reader.enter()
  const values: JsonValue[] = []
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) values.push(readValue(reader, depth + 1))
    else reader.skip(tag)
  }
  reader.leave(outer)
  return values
}

function readKeyValueList(reader: ProtobufReader, depth: number): Attributes {
  const outer = reader.enter()
  const values: Attributes = {}
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) readKeyValue(reader, values, depth + 1)
    else reader.skip(tag)
  }
  reader.leave(outer)
  return values
}
