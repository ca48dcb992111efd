/** What is a string already, as it is; anything else as a string. Never throws. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return String(value)
  } catch {
    return '[unreadable]'
  }
}
