/** Finds a header in the text of a head; its value is the first group. */
export function headerLine(name: string, flags = 'i'): RegExp {
  return new RegExp(`\\r\\n${name.replaceAll(/[.*+^$|]/g, String.raw`\$&`)}: ([^\r\n]*)`, flags)
}

/** A header of an answer that is out: what `writeHead` was given stands in the text of its head only. */
export function answerHeader(
  response: { getHeader(name: string): unknown; readonly _header?: unknown },
  name: string,
): unknown {
  const value = response.getHeader(name)
  if (value !== undefined || typeof response._header !== 'string') return value
  const values = [...response._header.matchAll(headerLine(name, 'gi'))].map((match) => match[1])
  return values.length === 0 ? undefined : values
}
