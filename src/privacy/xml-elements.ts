import { secrecyOf } from './secret-key.ts'
import { withoutFound } from './span.ts'

const CLOSING = /<\/([A-Za-z_][\w:.-]{1,63})\s?>/g
/** A secret is not longer than this. */
const MAX_ELEMENT = 8_192

/** The text without the secrets in the elements of XML and HTML whose name tells of one: `<password>x</password>`. */
export function withoutElementSecrets(text: string): string {
  let searched = 0
  return withoutFound(text, CLOSING, ({ 0: tag, 1: name = '', index }) => {
    if (secrecyOf(name) === undefined) return undefined
    const from = Math.max(searched, index - MAX_ELEMENT)
    const before = text.slice(from, index)
    const opening = before.lastIndexOf(`<${name}`)
    const content = opening < 0 ? -1 : before.indexOf('>', opening)
    searched = index + tag.length
    return content < 0 || content + 1 === before.length ? undefined : { start: from + content + 1, end: index }
  })
}
