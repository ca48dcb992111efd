import { type Attributes, type JsonValue, MAX_VALUE_DEPTH, setAttribute } from './decode-entry.ts'
import { OtlpDecodeError } from './decode-error.ts'
import { jsonNumber } from './decode-value.ts'

/** A JSON object whose fields are read with a clear error when one has the wrong type. Unknown fields are never looked at. */
export interface JsonFields {
  readonly [name: string]: unknown
}

/** Refuses `found`, saying where it stands and what belongs there. */
export function refuse(path: string, found: unknown, allowed: string): never {
  throw new OtlpDecodeError(`${path}: found ${describe(found)}, allowed: ${allowed}`)
}

export function jsonObject(value: unknown, path: string): JsonFields {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) refuse(path, value, 'an object')
  return value as JsonFields
}

export function jsonArray(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) refuse(path, value, 'an array')
  return value
}

export function jsonText(value: unknown, path: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') refuse(path, value, 'a string')
  return value
}

/** A 32-bit number, such as an enum's. */
export function jsonCount(value: unknown, path: string): number {
  if (value === undefined || value === null) return 0
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) refuse(path, value, 'a whole number')
  return number
}

/** Nanoseconds since 1970 as decimal digits. */
export function jsonTime(value: unknown, path: string): string {
  if (value === undefined || value === null || value === '') return '0'
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 64)
    return BigInt(value).toString()
  return refuse(path, value, 'nanoseconds since 1970 as a string of digits or a number')
}

/** An id in hex of either case; all zeros and a wrong length are no id. */
export function jsonId(value: unknown, hexLength: number, path: string): string {
  const text = jsonText(value, path)
  return text.length === hexLength && /^[\da-f]+$/i.test(text) && !/^0+$/.test(text) ? text.toLowerCase() : ''
}

/** `KeyValue` pairs as an object. */
export function jsonAttributes(value: unknown, path: string, depth = 0): Attributes {
  const attributes: Attributes = {}
  for (const [index, item] of jsonArray(value, path).entries()) {
    const at = `${path}[${index}]`
    const pair = jsonObject(item, at)
    setAttribute(attributes, jsonText(pair['key'], `${at}.key`), jsonValue(pair['value'], `${at}.value`, depth))
  }
  return attributes
}

/** An `AnyValue`. */
export function jsonValue(value: unknown, path: string, depth = 0): JsonValue {
  if (depth > MAX_VALUE_DEPTH) throw new OtlpDecodeError(`${path}: values nested deeper than ${MAX_VALUE_DEPTH}`)
  const any = jsonObject(value, path)
  if (isGiven(any['stringValue'])) return jsonText(any['stringValue'], `${path}.stringValue`)
  if (isGiven(any['intValue'])) return jsonInt64(any['intValue'], `${path}.intValue`)
  if (isGiven(any['doubleValue'])) return jsonDouble(any['doubleValue'], `${path}.doubleValue`)
  if (isGiven(any['boolValue'])) return jsonBoolean(any['boolValue'], `${path}.boolValue`)
  if (isGiven(any['bytesValue'])) return jsonBytes(any['bytesValue'], `${path}.bytesValue`)
  if (isGiven(any['arrayValue'])) return jsonValues(any['arrayValue'], `${path}.arrayValue`, depth)
  if (!isGiven(any['kvlistValue'])) return null
  const list = jsonObject(any['kvlistValue'], `${path}.kvlistValue`)
  return jsonAttributes(list['values'], `${path}.kvlistValue.values`, depth + 1)
}

function jsonValues(value: unknown, path: string, depth: number): JsonValue[] {
  const values = jsonArray(jsonObject(value, path)['values'], `${path}.values`)
  return values.map((item, index) => jsonValue(item, `${path}.values[${index}]`, depth + 1))
}

function jsonInt64(value: unknown, path: string): number | string {
  if (typeof value === 'number' && Number.isInteger(value)) {
    // Beyond 64 bits it was a double: some SDKs write 1e21 as an integer.
    return Number.isSafeInteger(value) || Math.abs(value) >= 2 ** 63 ? value : BigInt(value).toString()
  }
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) refuse(path, value, 'a 64-bit integer')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number + 0 : BigInt(value).toString()
}

function jsonDouble(value: unknown, path: string): number | string {
  if (typeof value === 'number') return jsonNumber(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  return Number.isNaN(number) ? refuse(path, value, 'a number, "NaN", "Infinity" or "-Infinity"') : jsonNumber(number)
}

function jsonBoolean(value: unknown, path: string): boolean {
  return typeof value === 'boolean' ? value : refuse(path, value, 'true or false')
}

function jsonBytes(value: unknown, path: string): string {
  return Buffer.from(jsonText(value, path), 'base64').toString('base64')
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function describe(found: unknown): string {
  if (Array.isArray(found)) return 'an array'
  if (typeof found === 'object') return 'an object'
  const text = JSON.stringify(found)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
