import { secrecyOf } from './secret-key.ts'
import { withoutFound } from './span.ts'

/** Quotes as URLs, HTML and JSON write them where they must not stand themselves. */
const QUOTE = '%22|%27|&quot;|&#3[49];|\\\\u0022|\\\\u0027'
const PAIR = new RegExp(`([\\w.$-]{2,64}?)(${QUOTE})?(%3A|%3D|[:=])(?:%20|\\+| )?(${QUOTE})?`, 'gi')
const END = /%26|%22|%7D|%2C|&|[\s"'<>\\,;]/g
/** Only a text that has one of these is searched. */
const SIGN = /%3[AD]|%2[27]|&quot;|&#3[49];|\\u002[27]/i

/** The text without the secrets in pairs that are percent-encoded or have escaped quotes: `redirect=%2Fa%3Ftoken%3Dx`, `&quot;password&quot;:&quot;x&quot;`. */
export function withoutEncodedSecrets(text: string): string {
  if (!SIGN.test(text)) return text
  return withoutFound(text, PAIR, ({ 0: found, 1: name = '', 2: closing, 3: separator = '', 4: opening, index }) => {
    if (closing === undefined && opening === undefined && separator.length === 1) return undefined
    // The first two digits may be those of a sign before the name: `%3Fpwd`.
    if (secrecyOf(text[index - 1] === '%' ? name.slice(2) : name) === undefined) return undefined
    const start = index + found.length
    const end = opening === undefined ? endOfWord(text, start) : text.indexOf(opening, start)
    return end === start ? undefined : { start, end: end < 0 ? text.length : end }
  })
}

function endOfWord(text: string, from: number): number {
  END.lastIndex = from
  return END.exec(text)?.index ?? text.length
}
