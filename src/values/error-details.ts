import { plainText } from './plain-text.ts'

/** What is kept of a thrown value. */
export interface ErrorDetails {
  /** The class name; the `typeof` of what is not an error. */
  readonly type: string
  readonly message: string
  /** The stack with the stacks of its causes; absent when the value had none. */
  readonly stack?: string
  /** What the error calls its kind, such as `ECONNREFUSED`; absent when it has none. */
  readonly code?: string
}

/** What makes the parts of an error safe: bounded and without secrets. */
export interface ErrorSafety {
  text(text: string): string
  /** Any value as text: a string as it is, anything else as JSON. */
  plain(value: unknown): string
}

const MAX_CAUSES = 8
const MAX_TYPE_LENGTH = 256

/**
 * Describes any thrown value, an error or not, with its cause chain. Never throws. An object without a message is described by its properties, made safe.
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function errorDetails(thrown: unknown, safety: ErrorSafety): ErrorDetails {
  const type = typeName(thrown, safety)
  const message = messageOf(thrown, safety)
  const stack = stackOf(thrown, safety)
  const code = isObject(thrown) ? read(thrown, 'code') : undefined
  return {
    type,
    message,
    ...(stack === '' ? undefined : { stack: safety.text(stack) }),
    ...(typeof code === 'string' && code !== '' ? { code: safety.text(code).slice(0, MAX_TYPE_LENGTH) } : undefined),
  }
}

/** Whether a value is an error: by its class, or, from another realm, by what errors have. Never throws. */
export function isError(value: unknown): boolean {
  if (!isObject(value)) return false
  try {
    if (value instanceof Error) return true
  } catch {
    return false
  }
  return typeof read(value, 'message') === 'string' && typeof read(value, 'stack') === 'string'
}

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key]
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function typeName(thrown: unknown, safety: ErrorSafety): string {
  if (!isObject(thrown)) return thrown === null ? 'null' : typeof thrown
  const constructorName = read(read(thrown, 'constructor'), 'name')
  const name = read(thrown, 'name')
  if (typeof name === 'string' && name !== '' && name !== 'Error') return safety.text(name).slice(0, MAX_TYPE_LENGTH)
  return typeof constructorName === 'string' && constructorName !== ''
    ? safety.text(constructorName).slice(0, MAX_TYPE_LENGTH)
    : 'Error'
}

function messageOf(thrown: unknown, safety: ErrorSafety): string {
  if (!isObject(thrown) && typeof thrown !== 'function') return safety.text(plainText(thrown))
  const message = isObject(thrown) ? read(thrown, 'message') : undefined
  return safety.text(typeof message === 'string' ? message : safety.plain(thrown))
}

function ownStack(thrown: unknown): string {
  const stack = isObject(thrown) ? read(thrown, 'stack') : undefined
  return typeof stack === 'string' ? stack : ''
}

function stackOf(thrown: unknown, safety: ErrorSafety): string {
  const parts = [ownStack(thrown)]
  const seen = new Set([thrown])
  for (const inner of innerErrors(thrown)) {
    if (seen.has(inner) || parts.length > MAX_CAUSES) continue
    seen.add(inner)
    parts.push(ownStack(inner) || `${typeName(inner, safety)}: ${messageOf(inner, safety)}`)
  }
  return parts.filter((part) => part !== '').join('\nCaused by: ')
}

function* innerErrors(thrown: unknown): Generator {
  let current = thrown
  for (let depth = 0; depth < MAX_CAUSES && isObject(current); depth++) {
    yield* firstOf(read(current, 'errors'))
    const cause = read(current, 'cause')
    if (cause === undefined || cause === null) return
    yield cause
    current = cause
  }
}

function firstOf(errors: unknown): unknown[] {
  try {
    return Array.isArray(errors)
      ? Array.from({ length: Math.min(errors.length, MAX_CAUSES) }, (_, at) => errors[at])
      : []
  } catch {
    return []
  }
}
