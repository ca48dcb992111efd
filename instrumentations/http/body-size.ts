import type { IncomingMessage, ServerResponse } from 'node:http'

/** What Node keeps on an answer whose length it found out itself. */
interface Measured {
  readonly _contentLength?: number | null
}

/** The bytes of a request's body, where its client said how many. */
export function requestBodySize({ headers }: IncomingMessage): number | undefined {
  return sizeOf(headers['content-length'])
}

/** The bytes of an answer's body, where they were known before it was sent; to be asked of one that is out. */
export function responseBodySize(response: ServerResponse, method: string): number | undefined {
  if (method === 'HEAD' || response.statusCode === 304 || response.statusCode === 204) return undefined
  const told = response.getHeader('content-length')
  return told === undefined ? ((response as Measured)._contentLength ?? undefined) : sizeOf(told)
}

function sizeOf(header: unknown): number | undefined {
  const size = typeof header === 'string' || typeof header === 'number' ? Number(header) : Number.NaN
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined
}
