const PAIR = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"=]*)))?(?: |$)/y

/** The pairs of a line of logfmt, in its common form. @throws when something in it is no pair */
export function logfmtPairs(line: string): [key: string, value: string][] {
  if (!line.endsWith('\n') || line.indexOf('\n') !== line.length - 1) throw new Error(`not one line: ${line}`)
  const text = line.slice(0, -1)
  const pairs: [string, string][] = []
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < text.length) {
    const at = PAIR.lastIndex
    const match = PAIR.exec(text)
    if (match === null) throw new Error(`no pair at ${at}: ${text.slice(at, at + 40)}`)
    const [, key = '', quoted, bare = ''] = match
    pairs.push([key, quoted === undefined ? bare : (JSON.parse(`"${quoted}"`) as string)])
  }
  return pairs
}

/** The same as an object without a prototype; the last of equal keys counts. */
export function parseLogfmt(line: string): Record<string, string> {
  const values = Object.create(null) as Record<string, string>
  for (const [key, value] of logfmtPairs(line)) values[key] = value
  return values
}
