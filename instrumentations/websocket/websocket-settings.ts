import type { IncomingMessage } from 'node:http'
import type { HttpSettings } from '../http/index.ts'

/** How WebSocket sessions are recorded. */
export interface WebSocketSettings {
  /** The session's id, from the upgrade request; `undefined` leaves it to the query (`session_id`, `sessionId`), then to a new UUID. */
  readonly sessionId?: ((request: IncomingMessage) => string | undefined) | undefined
  /** The session's tenant, from the upgrade request. */
  readonly tenantId?: ((request: IncomingMessage) => string | undefined) | undefined
  /** How often a session that is still open gives a sign of life, in milliseconds; 0 is never. @default 300000 */
  readonly summaryMillis?: number | undefined
  /** How the upgrade request is read: which proxies are believed, the name of the request id's header. @default the defaults of HTTP */
  readonly http?: HttpSettings | undefined
}
