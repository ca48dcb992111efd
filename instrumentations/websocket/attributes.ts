/**
 * Attribute keys of WebSocket sessions. OpenTelemetry has no convention for them, so those under `websocket.` are clew's own; the others are OpenTelemetry's.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/
 */
export const ATTRIBUTES = {
  /** `server` or `client`: which end of the connection this process is. */
  role: 'websocket.role',
  /** The sub-protocol that was agreed on. */
  protocol: 'websocket.protocol',
  messagesReceived: 'websocket.messages.received',
  messagesSent: 'websocket.messages.sent',
  /** Payload bytes, before compression and without frames. */
  bytesReceived: 'websocket.bytes.received',
  bytesSent: 'websocket.bytes.sent',
  /** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4 */
  closeCode: 'websocket.close.code',
  closeReason: 'websocket.close.reason',
  /** Why a session's books were closed while its connection was still open: `shutdown`. */
  leftOpen: 'websocket.left_open',
  durationMillis: 'clew.duration_ms',
  sessionId: 'session.id',
  tenantId: 'clew.tenant.id',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  userAgent: 'user_agent.original',
  statusCode: 'http.response.status_code',
  path: 'url.path',
  errorType: 'error.type',
} as const

/** Names of the events that are recorded, so that tools can count them. */
export const EVENTS = {
  connected: 'websocket.connected',
  disconnected: 'websocket.disconnected',
  /** The upgrade, or the client's connection attempt, came to nothing. */
  failed: 'websocket.failed',
  /** A sign of life of a long session. */
  summary: 'websocket.summary',
} as const
