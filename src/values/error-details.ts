/** What is kept of a thrown value. */
export interface ErrorDetails {
  /** The class name; the `typeof` of what is not an error. */
  readonly type: string
  readonly message: string
  /** The stack with the stacks of its causes; absent when the value had none. */
  readonly stack?: string
}

const MAX_CAUSES = 8

/**
 * Describes any thrown value, an error or not, with its cause chain. Never throws.
 * @param text makes a string safe (bounded, without secrets)
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function errorDetails(thrown: unknown, text: (text: string) => string): ErrorDetails {
  const type = typeName(thrown)
  const message = text(messageOf(thrown))
  const stack = stackOf(thrown)
  return stack === '' ? { type, message } : { type, message, stack: text(stack) }
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

function typeName(thrown: unknown): string {
  if (!isObject(thrown)) return thrown === null ? 'null' : typeof thrown
  const constructorName = read(read(thrown, 'constructor'), 'name')
  const name = read(thrown, 'name')
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name
  return typeof constructorName === 'string' && constructorName !== '' ? constructorName : 'Error'
}

function messageOf(thrown: unknown): string {
  if (isObject(thrown)) {
    const message = read(thrown, 'message')
    if (typeof message === 'string') return message
  }
  try {
    return isObject(thrown) ? (JSON.stringify(thrown) ?? '[object]') : String(thrown)
  } catch {
    return '[unreadable]'
  }
}

function ownStack(thrown: unknown): string {
  const stack = isObject(thrown) ? read(thrown, 'stack') : undefined
  return typeof stack === 'string' ? stack : ''
}

function stackOf(thrown: unknown): string {
  const parts = [ownStack(thrown)]
  const seen = new Set([thrown])
  for (const inner of innerErrors(thrown)) {
    if (seen.has(inner) || parts.length > MAX_CAUSES) continue
    seen.add(inner)
    parts.push(ownStack(inner) || `${typeName(inner)}: ${messageOf(inner)}`)
  }
  return parts.filter((part) => part !== '').join('\nCaused by: ')
}

function* innerErrors(thrown: unknown): Generator {
  let current = thrown
  for (let depth = 0; depth < MAX_CAUSES && isObject(current); depth++) {
    const errors = read(current, 'errors')
    if (Array.isArray(errors)) yield* errors.slice(0, MAX_CAUSES)
    const cause = read(current, 'cause')
    if (cause === undefined || cause === null) return
    yield cause
    current = cause
  }
}
