import { secrecyOf } from './secret-key.ts'
import type { Span } from './span.ts'

const CLOSING = /<\/([A-Za-z_][\w:.-]{1,63})\s?>/g
/** A secret is not longer than this. */
const MAX_ELEMENT = 8_192

/** Where the secrets are in the elements of XML and HTML whose name tells of one: `<password>x</password>`. */
export function* elementSecrets(text: string): Generator<Span> {
  let searched = 0
  for (const { 0: tag, 1: name = '', index } of text.matchAll(CLOSING)) {
    if (secrecyOf(name) === undefined) continue
    const from = Math.max(searched, index - MAX_ELEMENT)
    const before = text.slice(from, index)
    const opening = before.lastIndexOf(`<${name}`)
    const content = opening < 0 ? -1 : before.indexOf('>', opening)
    searched = index + tag.length
    if (content >= 0 && content + 1 < before.length) yield { start: from + content + 1, end: index }
  }
}
