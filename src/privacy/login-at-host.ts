import { characterSet } from './character-set.ts'
import { withoutFound, type Span } from './span.ts'

/** A host that is more than the end of an e-mail address: with a port, a path or, as in Go's DSNs, a bracket. */
const HOST =
  '@(?!sha\\d+:)(?:[A-Za-z][\\w-]{0,62}(?:\\.[\\w-]{1,63}){0,8}|\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[\\da-fA-F:.]{2,45}\\])(?::\\d|\\/|\\()'
const HOSTS = new RegExp(HOST, 'g')
const HOST_HERE = new RegExp(HOST, 'y')
const OUTSIDE = characterSet(' \t\r\n"\'`<>()\\')
const MAX_LENGTH = 256
/** Schemes of addresses, which have no password. */
const ADDRESS = /(?<!\w)(?:mailto|sips?|xmpp|acct|npm|workspace)$/i

/** The text without the passwords in `name:password@host:port`, a URL without its scheme; up to the last `@` of the word, since passwords have them too. */
export function withoutLogins(text: string): string {
  return withoutFound(text, HOSTS, ({ index }) => passwordBefore(text, index))
}

function passwordBefore(text: string, at: number): Span | undefined {
  let first = at
  while (first > 0 && at - first < MAX_LENGTH && OUTSIDE[text.charCodeAt(first - 1)] !== 1) first--
  const login = text.slice(first, at)
  const colon = login.indexOf(':')
  // Behind the colon of a URL or of a path there is no password.
  if (colon < 1 || colon + 1 === login.length || login[colon + 1] === '/') return undefined
  const start = first + colon + 1
  if (ADDRESS.test(text.slice(Math.max(first, start - 12), start - 1))) return undefined
  return { start, end: lastHost(text, at) }
}

function lastHost(text: string, from: number): number {
  let last = from
  for (let at = from + 1; at - from < MAX_LENGTH && at < text.length && OUTSIDE[text.charCodeAt(at)] !== 1; at++) {
    HOST_HERE.lastIndex = at
    if (text[at] === '@' && HOST_HERE.test(text)) last = at
  }
  return last
}
