import type { IncomingHttpHeaders } from 'node:http'

type Entry = string | undefined

/** What proxies told of a request; in each list, the farthest first and the nearest last. */
export interface Forwarding {
  readonly for: readonly Entry[]
  readonly proto: readonly Entry[]
  readonly host: readonly Entry[]
}

const PARTS = ['for', 'proto', 'host'] as const

const NOTHING: Forwarding = { for: [], proto: [], host: [] }

/** Reads `X-Forwarded-For`, `-Proto` and `-Host`; where there is none of them, `Forwarded`. A proxy writes the one or the other, and what it does not write may be the client's invention. */
export function readForwarding(headers: IncomingHttpHeaders): Forwarding {
  const [client, proto, host] = PARTS.map((part) => headers[`x-forwarded-${part}`])
  if (client !== undefined || proto !== undefined || host !== undefined)
    return { for: listOf(client), proto: listOf(proto), host: listOf(host) }
  return headers.forwarded === undefined ? NOTHING : readForwarded(headers.forwarded)
}

function listOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return []
  return String(header)
    .split(',')
    .map((entry) => entry.trim())
}

const PAIR = /[\s,;]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,"\s]*))[ \t]*([;,]|$)/y

/** @see https://www.rfc-editor.org/rfc/rfc7239#section-4 */
function readForwarded(header: string): Forwarding {
  const elements: Partial<Record<string, string>>[] = [{}]
  PAIR.lastIndex = 0
  for (let position = 0; position < header.length; position = PAIR.lastIndex) {
    const match = PAIR.exec(header)
    // What can't be read could be anybody's.
    if (match === null) return NOTHING
    const [, name = '', quoted, plain, end] = match
    const element = elements.at(-1) as Partial<Record<string, string>>
    element[name.toLowerCase()] = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1')
    if (end === ',') elements.push({})
  }
  const of = (part: string): Entry[] => elements.map((element) => element[part])
  return { for: of('for'), proto: of('proto'), host: of('host') }
}
