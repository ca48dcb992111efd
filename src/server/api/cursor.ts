const PREFIX = 'v1:'

/** An opaque cursor after the record with this id. */
export function cursorAfter(id: string): string {
  return Buffer.from(PREFIX + id).toString('base64url')
}

/** The id in a cursor; undefined when it is none of ours. */
export function idOfCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString()
  return text.startsWith(PREFIX) && text.length > PREFIX.length && cursorAfter(text.slice(PREFIX.length)) === cursor
    ? text.slice(PREFIX.length)
    : undefined
}
