import { REDACTED } from '../privacy/index.ts'

/**
 * What was given as fields, as fields: a list, bytes or a map, which have entries instead of properties, is the field `value`; everything else is as it is. Never throws.
 */
export function namedFields(value: unknown): unknown {
  try {
    const isWhole = Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set
    return isWhole ? { value } : value
  } catch {
    // a proxy
    return undefined
  }
}

/**
 * A copy of an object's enumerable properties that has no prototype, so that no key means anything but itself. Never throws: a property that can't be read is marked, and
 * what is no object, or can't be read at all, has none. A list, bytes or a map is the field `value`.
 */
export function ownFields(given: unknown): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>
  const value = namedFields(given)
  for (const key of ownKeys(value)) copy[key] = readField(value as Record<string, unknown>, key)
  return copy
}

/** The names of an object's enumerable properties; none for what is no object, or doesn't tell. Never throws. */
export function ownKeys(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  try {
    return Object.keys(value)
  } catch {
    // a proxy
    return []
  }
}

/** The property as it may be shown: a mark where another property tells that it is a secret, and where its getter threw. */
export function readShown(
  fields: Readonly<Record<string, unknown>>,
  key: string,
  secrets: ReadonlySet<string>,
): unknown {
  return secrets.size > 0 && secrets.has(key) ? REDACTED : readField(fields, key)
}

/** The property, or a mark where its getter threw. */
export function readField(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return fields[key]
  } catch {
    return '[unreadable]'
  }
}
