import { createRedactor, REDACTED } from '../../src/privacy/index.ts'

const redactor = createRedactor()

/** Query parameters that are secrets although their names alone do not say so: signatures, keys and codes of signed URLs and of OAuth, what a single sign-on hands over, ids of sessions by which a server knows who asks. */
const SECRET_PARAMETERS = new Set([
  'sid',
  'session',
  'sessionid',
  'sig',
  'signature',
  'hmac',
  'key',
  'code',
  'ticket',
  'assertion',
  'samlrequest',
  'samlresponse',
  'x-amz-signature',
  'x-goog-signature',
])
const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i

/** A request's target without what must not be recorded. */
export interface RequestTarget {
  readonly path: string
  /** Without the question mark, secret values taken out; undefined when there is none. */
  readonly query: string | undefined
}

/** Takes a request line's target apart: `/path?query`, rarely a whole URL (proxies) or `*`. */
export function requestTarget(target: string | undefined): RequestTarget {
  if (target === undefined || target === '') return { path: '/', query: undefined }
  const local = target.charCodeAt(0) === 47 ? target : localPart(target)
  const end = local.indexOf('#')
  const url = end === -1 ? local : local.slice(0, end)
  const mark = url.indexOf('?')
  if (mark === -1) return { path: url, query: undefined }
  return { path: url.slice(0, mark), query: mark === url.length - 1 ? undefined : redactedQuery(url.slice(mark + 1)) }
}

function localPart(target: string): string {
  const scheme = SCHEME.exec(target)?.[0]
  if (scheme === undefined) return target
  if (URL.canParse(target)) {
    const { pathname, search } = new URL(target)
    return pathname + search
  }
  // A password may stand before the host.
  const slash = target.indexOf('/', scheme.length)
  return slash === -1 ? '/' : target.slice(slash)
}

/** A query string in which the values of parameters with secret names are replaced. */
export function redactedQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at !== -1 && isSecretParameter(pair.slice(0, at)) ? `${pair.slice(0, at)}=${REDACTED}` : pair
    })
    .join('&')
}

function isSecretParameter(encoded: string): boolean {
  const name = decoded(encoded)
  return SECRET_PARAMETERS.has(name.toLowerCase()) || redactor.keyRule(name) !== undefined
}

function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return text
  }
}
