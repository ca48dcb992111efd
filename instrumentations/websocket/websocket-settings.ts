import type { IncomingMessage } from 'node:http'
import type { HttpSettings } from '../http/index.ts'

/** Where the upgrade request carries an id: one of these. */
export interface SessionSource {
  /** The name of a query parameter. */
  readonly query?: string | undefined
  /** The name of a header. */
  readonly header?: string | undefined
  /** What a sub-protocol that the client offers begins with; the rest of it is the id. Browsers can set no header, but this. */
  readonly subprotocol?: string | undefined
  /** The path, segment by segment: `:name` is the id, `*` is any one segment, and at the end any rest. */
  readonly path?: string | undefined
}

/** Tells an id from the upgrade request; `undefined` where there is none. */
export type AskRequest = (request: IncomingMessage) => string | undefined

/** How WebSocket sessions are recorded. */
export interface WebSocketSettings {
  /** The session's id; where none is found, the query's (`session_id`, `sessionId`), then a new UUID. */
  readonly sessionId?: AskRequest | SessionSource | undefined
  /** The session's tenant. */
  readonly tenantId?: AskRequest | SessionSource | undefined
  /** How often a session that is still open gives a sign of life, in milliseconds; 0 is never. @default 300000 */
  readonly summaryMillis?: number | undefined
  /** The share of messages with a span of their own, 0 to 1; `true` is 1. Only those of sampled sessions. @default false */
  readonly messageSpans?: boolean | number | undefined
  /** Whether text messages carry the trace of their sender, where the other end has this option too. @default false */
  readonly messageContext?: boolean | undefined
  /** Paths whose sessions leave no trace at all (on a server nothing that their handlers do leaves spans): a whole path, in which `*` stands for any characters, or a pattern. @default [] */
  readonly ignorePaths?: readonly (string | RegExp)[] | undefined
  /** How the upgrade request is read: which proxies are believed, the name of the request id's header. @default the defaults of HTTP */
  readonly http?: HttpSettings | undefined
}
