import { REDACTED } from '../privacy/index.ts'

/**
 * A copy of an object's enumerable properties that has no prototype, so that no key means anything but itself. Never throws: a property that can't be read is marked, and
 * what is no object, or can't be read at all, has none.
 */
export function ownFields(value: unknown): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>
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
