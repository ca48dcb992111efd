import type { IncomingMessage } from 'node:http'
import { isIP, type Server, type Socket } from 'node:net'
import { plainAddress } from '../../src/network/index.ts'
import { readForwarding } from './forwarding-headers.ts'
import type { Scheme } from './attribute-sets.ts'
import type { Trust } from './trusted-proxies.ts'

const V4_WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$/

/** From where a request came, and for whom it is, as far as proxies are believed. */
export interface Origin {
  readonly clientAddress: string | undefined
  /** The proxy's address, when there is one that is believed. */
  readonly peerAddress: string | undefined
  readonly scheme: Scheme
  readonly host: string | undefined
}

/** @param trust undefined when no proxy is believed */
export function originOf(request: IncomingMessage, trust: Trust | undefined): Origin {
  const { headers } = request
  const socket = request.socket as (Socket & { readonly encrypted?: boolean }) | null
  const remote = socket?.remoteAddress
  const peer = remote === undefined ? undefined : plainAddress(remote)
  const scheme: Scheme = socket?.encrypted === true ? 'https' : 'http'
  const host = headers.host ?? authorityOf(headers)
  const direct = { clientAddress: peer, peerAddress: undefined, scheme, host }
  if (trust === undefined) return direct
  const told = readForwarding(headers)
  const addresses = told.for.map(addressOf)
  const hops = trust(peer ?? (isLocal(socket) ? '127.0.0.1' : undefined), addresses)
  if (hops === 0) return direct
  const client = addresses.slice(Math.max(0, addresses.length - hops)).find((address) => address !== undefined)
  const proto = believed(told.proto, hops)?.toLowerCase()
  return {
    clientAddress: client ?? peer,
    peerAddress: client === undefined ? undefined : peer,
    scheme: proto === 'http' || proto === 'https' ? proto : scheme,
    host: believed(told.host, hops) ?? host,
  }
}

/** Whether a connection without an address came by a local socket (of Unix). One by TCP has none either, once it was reset. */
function isLocal(socket: object | null): boolean {
  const { server } = (socket ?? {}) as { readonly server?: Partial<Server> | null }
  return typeof server?.address?.() === 'string'
}

/** What HTTP/2 has in place of `Host`. */
function authorityOf(headers: IncomingMessage['headers']): string | undefined {
  const authority = headers[':authority']
  return typeof authority === 'string' ? authority : undefined
}

/** The entry that the farthest believed proxy wrote: each appends what it saw at the right. */
function believed(entries: readonly (string | undefined)[], hops: number): string | undefined {
  return entries[Math.max(0, entries.length - hops)]
}

function addressOf(entry: string | undefined): string | undefined {
  if (entry === undefined) return undefined
  const bare = (V4_WITH_PORT.exec(entry)?.[1] ?? entry).replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
  return isIP(bare) === 0 ? undefined : plainAddress(bare)
}
