import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What the sockets of `ws` and those built into Node have in common. */
export interface Socket {
  /** Of a client; a server's socket has none. */
  readonly url?: string | undefined
  readonly protocol: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: unknown, ...rest: unknown[]): void
}

/** What we use of a socket of `ws` beside. */
export interface WsSocket extends Socket {
  /** Takes the bytes that come, and tells messages; there from the upgrade on. */
  readonly _receiver?: object | null
  pong(data: unknown): void
}

/** What we use of a `ws` server. */
export interface Server {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: UpgradeDone): void
}

/** What `ws` calls when an upgrade has succeeded. */
export type UpgradeDone = (socket: Socket, request: IncomingMessage) => void

/** A class of a library whose methods we patch. */
export interface LoadedClass {
  readonly prototype: object
}

/** `readyState` of a socket that can send. */
export const OPEN = 1
