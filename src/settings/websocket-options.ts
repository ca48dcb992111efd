import type { IncomingMessage } from 'node:http'

/** Where the upgrade request of a WebSocket carries an id: exactly one of these. */
export interface SessionSourceOptions {
  /** The name of a query parameter. */
  readonly query?: string
  /** The name of a header. */
  readonly header?: string
  /** What a sub-protocol that the client offers begins with; the rest of it is the id. */
  readonly subprotocol?: string
  /** The path with `:name` where the id is, and `*` for any one segment, or at the end for any rest: '/ws/:tenant/*'. */
  readonly path?: string
}

/** How WebSocket sessions are recorded. docs/websocket.md tells of them. */
export interface WebSocketOptions {
  /** @default true */
  readonly enabled?: boolean
  /** Where the id of a server's session comes from; a function, in code, is given the upgrade request. @default the query's session_id, else a new UUID */
  readonly sessionId?: SessionSourceOptions | ((request: IncomingMessage) => string | undefined)
  /** Where the session's tenant comes from. @default none */
  readonly tenantId?: SessionSourceOptions | ((request: IncomingMessage) => string | undefined)
  /** How often a session that is still open is told with its counts so far, in milliseconds; 0 for never. @default 300000 (five minutes) */
  readonly summaryMillis?: number
  /** Whether messages have spans, linked to their session's: `true`, or the share of them, 0 to 1. Only in sessions that are sampled. @default false */
  readonly messageSpans?: boolean | number
  /** Whether text messages carry the trace of their sender to ends that have this option too. @default false */
  readonly messageContext?: boolean
  /** Paths of sessions that leave no trace at all: on a server nothing that their handlers do leaves spans; `*` stands for any characters. Expressions are for code alone. @default none */
  readonly ignorePaths?: readonly (string | RegExp)[]
}
