import type { Method } from '../method-patch.ts'
import { serverRequestOf } from './request-mark.ts'

/** What Node makes an answer's head from: what `setHeader` gathered, by lower-case names, or what `writeHead` was given in any of its forms. */
type Headers = Readonly<Record<string, unknown>> | readonly (string | readonly unknown[])[] | null | undefined

/**
 * Tells the client its request's id, behind the status line, unless the application answers with one of its own. Where the head is put together: a header that is set before would be among those that the application
 * reads, and Node would write all of them in another way, in another order too.
 */
export function storeHeader(next: () => Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const request = serverRequestOf(this as object)
    const [firstLine, headers] = args as [unknown, Headers]
    if (request === undefined || request.isAnnounced || typeof firstLine !== 'string')
      return Reflect.apply(next(), this, args)
    // At once, for an instrumentation behind this one.
    request.isAnnounced = true
    let isStored = false
    const { requestId, requestIdHeader } = request
    const line = hasHeader(headers, requestIdHeader) ? '' : `${requestIdHeader}: ${requestId}\r\n`
    try {
      const stored = Reflect.apply(next(), this, [firstLine + line, headers])
      isStored = true
      return stored
    } finally {
      // A head with headers that can't be is refused, and the application may write another one.
      request.isAnnounced = isStored
    }
  }
}

function hasHeader(headers: Headers, name: string): boolean {
  if (headers === undefined || headers === null) return false
  if (!isList(headers)) {
    for (const key in headers) if (isNamed(key, name)) return true
    return false
  }
  if (Array.isArray(headers[0])) return headers.some((pair) => isNamed((pair as unknown[])[0], name))
  for (let i = 0; i < headers.length; i += 2) if (isNamed(headers[i], name)) return true
  return false
}

function isList(headers: NonNullable<Headers>): headers is readonly (string | readonly unknown[])[] {
  return Array.isArray(headers)
}

function isNamed(key: unknown, name: string): boolean {
  return typeof key === 'string' && key.length === name.length && key.toLowerCase() === name
}
