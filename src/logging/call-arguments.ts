import type { Fields } from '../otlp/index.ts'

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
  if (first instanceof Error && second === undefined) return { message: first.message, error: first, fields: undefined }
  if (third !== undefined) return { message: first, error: second, fields: asFields(third) }
  if (second === undefined) return { message: first, error: undefined, fields: undefined }
  if (isFields(second)) return { message: first, error: undefined, fields: second }
  return { message: first, error: second, fields: undefined }
}

/** A plain object is fields; everything else that stands beside a message was thrown. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : { value }
}
