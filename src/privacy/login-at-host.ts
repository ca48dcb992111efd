import type { Span } from './span.ts'

/** A host that is more than the end of an e-mail address: with a port, a path or, as in Go's DSNs, a bracket. */
const HOST = /(?!sha\d+:)(?:[A-Za-z][\w-]*(?:\.[\w-]+)*|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-fA-F:.]{2,45}\])(?::\d|\/|\()/y
const OUTSIDE = ' \t\r\n"\'`<>/@,;()=&?|\\'
const MAX_LOGIN = 256
/** Schemes of addresses, which have no password. */
const ADDRESS = /^(?:mailto|sips?|xmpp|acct|npm|workspace)$/i

/** Where the passwords are in `name:password@host:port`, a URL without its scheme. */
export function* loginSecrets(text: string): Generator<Span> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    HOST.lastIndex = at + 1
    if (!HOST.test(text)) continue
    const login = loginBefore(text, at)
    const colon = login.indexOf(':')
    const start = at - login.length + colon + 1
    if (colon > 0 && start < at && !ADDRESS.test(login.slice(0, colon))) yield { start, end: at }
  }
}

function loginBefore(text: string, at: number): string {
  let start = at
  while (start > 0 && at - start < MAX_LOGIN && !OUTSIDE.includes(text.charAt(start - 1))) start--
  return text[start - 1] === '/' ? '' : text.slice(start, at)
}
