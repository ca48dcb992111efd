import type { Fields } from '../otlp/index.ts'
import { isError } from '../values/index.ts'

/** What a log call was given, sorted out. */
export interface CallArguments {
  readonly message: unknown
  readonly error: unknown
  readonly fields: Fields | undefined
}

/** What a lazy message may answer: a message, or the arguments of a log call. */
export type LazyMessage = () => string | readonly [message: string, fields?: Fields]

/** Sorts out `(message)`, `(message, fields)`, `(message, error)`, `(message, error, fields)`, `(error)` and `(() => …)`. */
export function callArguments(first: unknown, second: unknown, third: unknown): CallArguments {
  if (typeof first === 'function') {
    const answer: unknown = (first as LazyMessage)()
    return Array.isArray(answer)
      ? callArguments(answer[0], answer[1], undefined)
      : { message: answer, error: undefined, fields: undefined }
  }
  if (isError(first) && second === undefined)
    return { message: (first as Error).message, error: first, fields: undefined }
  if (third !== undefined) return { message: first, error: second, fields: asFields(third) }
  if (second === undefined) return { message: first, error: undefined, fields: undefined }
  if (isThrown(second)) return { message: first, error: second, fields: undefined }
  return { message: first, error: undefined, fields: asFields(second) }
}

/** Whether a value is a plain object, and so fields beyond doubt. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || (prototype === Object.prototype && !('stack' in value && isError(value)))
}

/** Beside a message, errors and what is no object were thrown; any other object is fields. */
function isThrown(value: unknown): boolean {
  return isError(value) || value === null || (typeof value !== 'object' && typeof value !== 'function')
}

/** An object's own properties are the fields; what has none, or says itself what it is (a list, bytes, a date, anything with `toJSON`), is the field `value`. */
function asFields(value: unknown): Fields {
  if (isFields(value)) return value
  const whole = { value }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return whole
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return whole
  return Object.keys(value).length === 0 ? whole : (value as Fields)
}
