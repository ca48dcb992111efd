import type { IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'

const V4_MAPPED = '::ffff:'
const V4_WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$/

/** From where a request came, and for whom it is, as far as proxies are believed. */
export interface Origin {
  readonly clientAddress: string | undefined
  /** The proxy's address, when there is one that is believed. */
  readonly peerAddress: string | undefined
  readonly scheme: string
  readonly host: string | undefined
}

/** @param trustProxy how many proxies in front of this server are believed, or all */
export function originOf(request: IncomingMessage, trustProxy: boolean | number): Origin {
  const { socket, headers } = request
  const peer = plainAddress((socket as Socket | null)?.remoteAddress)
  const scheme = (socket as { encrypted?: boolean } | null)?.encrypted === true ? 'https' : 'http'
  if (trustProxy === false || trustProxy === 0)
    return { clientAddress: peer, peerAddress: undefined, scheme, host: headers.host }
  const client = believed(headers['x-forwarded-for'], trustProxy)
  const proto = believed(headers['x-forwarded-proto'], trustProxy)
  const address = client === undefined ? undefined : addressOf(client)
  return {
    clientAddress: address ?? peer,
    peerAddress: address === undefined ? undefined : peer,
    scheme: proto === 'http' || proto === 'https' ? proto : scheme,
    host: believed(headers['x-forwarded-host'], trustProxy) ?? headers.host,
  }
}

/** The entry that the farthest believed proxy wrote: each appends what it saw at the right. */
function believed(header: string | string[] | undefined, trustProxy: true | number): string | undefined {
  if (header === undefined) return undefined
  const entries = String(header)
    .split(',')
    .map((entry) => entry.trim())
  return entries[trustProxy === true ? 0 : Math.max(0, entries.length - trustProxy)]
}

function addressOf(entry: string): string | undefined {
  const bare = (V4_WITH_PORT.exec(entry)?.[1] ?? entry).replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
  return isIP(bare) === 0 ? undefined : plainAddress(bare)
}

/** A dual-stack socket tells IPv4 addresses in IPv6 form; people and firewalls know them without. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(V4_MAPPED) === true ? address.slice(V4_MAPPED.length) : address
}
