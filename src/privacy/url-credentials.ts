import { REDACTED } from './redacted.ts'

/** Ends a URL in running text: white space and quotes. */
const URL_END = /[\s"'<>`]/
const PORT = /^\d{0,5}$/
/** What stands between the scheme and the authority; in JSON text some escape the slashes. */
const MARKS = ['://', ':\\/\\/']

/** A URL inside another one's query, percent-encoded: up to its `@`, when no slash, question mark or hash comes before. */
const ENCODED = /(%3A%2F%2F)(?:(?!%2F|%3F|%23)[^\s&"'<>/?#]){1,512}?(?=%40)/gi

/** The text without the credentials of the URLs in it, by any scheme, whatever their slashes are written like. */
export function withoutUrlCredentials(text: string, cut: boolean): string {
  let safe = text
  for (const mark of MARKS) if (safe.includes(mark)) safe = withoutCredentials(safe, mark, cut)
  return safe.includes('%40') ? safe.replace(ENCODED, `$1${REDACTED}`) : safe
}

/**
 * Looks once at each character: every stretch from one `://` to the next is searched for itself.
 *
 * A URL has credentials when there is an `@` in its authority (before `/`, `?` or `#`). With a password in them they reach to the last `@` of the whole URL, and so does what
 * stands after a colon and is no port: people write passwords with `/`, `?` and `#` in them as they are (`redis://:pa/ss@host`). Rather too much of such a URL is hidden
 * than half a password shown.
 * @param cut the text is the beginning of a longer one: a URL at its end that may be cut within its credentials is left out
 */
function withoutCredentials(text: string, mark: string, cut: boolean): string {
  let safe = ''
  let copied = 0
  let from = text.indexOf(mark)
  while (from >= 0) {
    const start = from + mark.length
    const next = text.indexOf(mark, start)
    const stretch = text.slice(start, next < 0 ? text.length : next)
    const end = stretch.search(URL_END)
    const length = credentialsLength(end < 0 ? stretch : stretch.slice(0, end))
    if (cut && next < 0 && end < 0 && (length > 0 || mayHideCredentials(stretch)))
      return safe + text.slice(copied, start)
    if (length > 0) {
      safe += text.slice(copied, start) + REDACTED
      copied = start + length
    }
    from = next
  }
  return safe + text.slice(copied)
}

/** How many characters after `://` are credentials; they are followed by `@`. */
function credentialsLength(url: string): number {
  const last = url.lastIndexOf('@')
  if (last <= 0) return 0
  const authority = authorityOf(url)
  const at = authority.lastIndexOf('@')
  const colon = authority.indexOf(':')
  if (colon < 0 || (at > 0 && colon > authority.indexOf('@'))) return Math.max(at, 0)
  return at > 0 || !isHostAndPort(authority) ? last : 0
}

/** Whether the beginning of a URL may be that of credentials whose `@` is not in it. */
function mayHideCredentials(url: string): boolean {
  const authority = authorityOf(url)
  return authority === url || !isHostAndPort(authority)
}

function authorityOf(url: string): string {
  const end = url.search(/[/?#\\]/)
  return end < 0 ? url : url.slice(0, end)
}

function isHostAndPort(authority: string): boolean {
  if (authority.startsWith('[')) return true
  const colon = authority.indexOf(':')
  return colon < 0 || (colon > 0 && PORT.test(authority.slice(colon + 1)))
}
