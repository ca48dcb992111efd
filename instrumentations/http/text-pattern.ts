/** A text in which `*` stands for any characters, or an expression. */
export type TextPattern = string | RegExp

type Matcher = (text: string) => boolean

/** Answers whether any of the patterns fits a text: as a whole; an expression, where it is found. */
export function textMatcher(patterns: readonly TextPattern[]): Matcher {
  const exact = new Set<TextPattern>(patterns.filter((one) => typeof one === 'string' && !one.includes('*')))
  const others = patterns.filter((pattern) => !exact.has(pattern)).map(matcher)
  if (others.length === 0) return exact.size === 0 ? () => false : (text) => exact.has(text)
  return (text) => exact.has(text) || others.some((matches) => matches(text))
}

function matcher(pattern: TextPattern): Matcher {
  // `search` leaves the state of an expression with the flag `g` alone.
  return typeof pattern === 'string' ? wildcard(pattern) : (text) => text.search(pattern) !== -1
}

/** In time linear to the length of the text, which a client may have chosen: an expression of many `.*` would not be. */
function wildcard(pattern: string): Matcher {
  const parts = pattern.split('*')
  const first = parts[0] as string
  const last = parts.at(-1) as string
  const between = parts.slice(1, -1)
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let position = first.length
    for (const part of between) {
      const found = text.indexOf(part, position)
      if (found === -1) return false
      position = found + part.length
    }
    return position <= text.length - last.length
  }
}
