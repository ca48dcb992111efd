/**
 * A copy of an object's enumerable properties that has no prototype, so that no key means anything but itself. Never throws: a property that can't be read is marked, and
 * what is no object, or can't be read at all, has none.
 */
export function ownFields(value: unknown): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>
  if (typeof value !== 'object' || value === null) return copy
  try {
    for (const key of Object.keys(value)) copy[key] = readField(value as Record<string, unknown>, key)
  } catch {
    // a proxy that doesn't tell its keys
  }
  return copy
}

/** The property, or a mark where its getter threw. */
export function readField(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return fields[key]
  } catch {
    return '[unreadable]'
  }
}
