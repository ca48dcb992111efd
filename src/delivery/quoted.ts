const MAX_LENGTH = 300
/** What is shorter is a word rather than a secret. */
const MIN_SECRET_LENGTH = 6

/** What a receiver says, as a message may show it: short, on one line, and without the headers it was sent. */
export function quoted(text: string, headers: Readonly<Record<string, string>>): string {
  let safe = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  for (const value of Object.values(headers)) {
    for (const part of value.split(/[\s,;=]+/))
      if (part.length >= MIN_SECRET_LENGTH) safe = safe.replaceAll(part, '[REDACTED]')
  }
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH)}…` : safe
}
