import type { IncomingMessage } from 'node:http'
import type { SessionSource } from './websocket-settings.ts'

/** What an upgrade request carries in a place; undefined where there is nothing. */
export function readSource(source: SessionSource, { url = '', headers }: IncomingMessage): string | undefined {
  const { query, header, subprotocol, path } = source
  if (query !== undefined) return queryValue(url, query)
  if (header !== undefined) return headerValue(headers[header.toLowerCase()])
  if (subprotocol !== undefined) return protocolRest(headers['sec-websocket-protocol'], subprotocol)
  return path === undefined ? undefined : pathSegment(url, path)
}

function queryValue(url: string, name: string): string | undefined {
  const start = url.indexOf('?')
  return start === -1 ? undefined : (new URLSearchParams(url.slice(start)).get(name) ?? undefined)
}

function headerValue(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

function protocolRest(offered: string | undefined, prefix: string): string | undefined {
  const found = offered?.split(',').find((protocol) => protocol.trim().startsWith(prefix))
  return found?.trim().slice(prefix.length)
}

/** The segment at `:name`, when the path has this shape. */
function pathSegment(url: string, pattern: string): string | undefined {
  const segments = (url.split('?', 1)[0] as string).split('/')
  const wanted = pattern.split('/')
  const isOpen = wanted.at(-1) === '*'
  if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return undefined
  let found: string | undefined
  for (const [at, want] of wanted.entries()) {
    if (want.startsWith(':')) found = segments[at]
    else if (want !== '*' && want !== segments[at]) return undefined
  }
  return found === undefined ? undefined : decoded(found)
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
