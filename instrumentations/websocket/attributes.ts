/**
 * Attribute keys of WebSocket sessions. OpenTelemetry has no convention for them, so those under `websocket.` are clew's own; the others are OpenTelemetry's.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/
 */
export const ATTRIBUTES = {
  /** `server` or `client`: which end of the connection this process is. */
  role: 'websocket.role',
  /** The sub-protocol that was agreed on. */
  protocol: 'websocket.protocol',
  /** How often a summary is told while the session is open; 0 for never. Without one for longer, the session was broken off. */
  summaryInterval: 'websocket.summary_interval_ms',
  /** Text and binary messages together, whole ones: fragments are parts of one. */
  messagesReceived: 'websocket.messages.received',
  messagesSent: 'websocket.messages.sent',
  /** Payload bytes of text and binary messages, before compression and without frames. */
  bytesReceived: 'websocket.bytes.received',
  bytesSent: 'websocket.bytes.sent',
  /** Since the last message in either direction; to the second. */
  idle: 'websocket.idle_ms',
  /** The longest time without a message; to the second. */
  longestIdle: 'websocket.idle_max_ms',
  /** From this end's pings to their pongs. */
  pingCount: 'websocket.ping.count',
  pingMin: 'websocket.ping.min_ms',
  pingMean: 'websocket.ping.mean_ms',
  pingMax: 'websocket.ping.max_ms',
  /** Most bytes that waited to be sent, as seen right after a message was sent. */
  bufferedMax: 'websocket.buffered.max_bytes',
  /** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4 */
  closeCode: 'websocket.close.code',
  closeName: 'websocket.close.name',
  closeReason: 'websocket.close.reason',
  /** Why a session's books were closed while its connection was still open: `shutdown`. */
  leftOpen: 'websocket.left_open',
  /** Of a message's span, and of the metrics: `text`, `binary`, `ping`, `pong`. */
  messageKind: 'websocket.message.kind',
  /** Payload bytes. */
  messageSize: 'websocket.message.size',
  /** `receive` or `transmit`. */
  direction: 'network.io.direction',
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

/** Names of the metrics. */
export const METRICS = {
  activeSessions: 'websocket.active_sessions',
  duration: 'websocket.session.duration',
  messages: 'websocket.messages',
  bytes: 'websocket.bytes',
  ping: 'websocket.ping.duration',
  buffered: 'websocket.buffered.max',
} as const
