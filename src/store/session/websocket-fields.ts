/** What the records of WebSocket sessions are called; clew's own, see instrumentations/websocket/attributes.ts, with which a test compares them. */
export const SESSION_EVENTS = {
  connected: 'websocket.connected',
  disconnected: 'websocket.disconnected',
  failed: 'websocket.failed',
  summary: 'websocket.summary',
} as const

/** The attributes that have a place of their own in a stored session. */
export const SESSION_ATTRIBUTES = {
  role: 'websocket.role',
  protocol: 'websocket.protocol',
  messagesReceived: 'websocket.messages.received',
  messagesSent: 'websocket.messages.sent',
  bytesReceived: 'websocket.bytes.received',
  bytesSent: 'websocket.bytes.sent',
  closeCode: 'websocket.close.code',
  closeReason: 'websocket.close.reason',
  leftOpen: 'websocket.left_open',
} as const

/** How often a session gives a sign of life, in milliseconds; 0 is never. */
export const SUMMARY_INTERVAL = 'websocket.summary_interval_ms'
export const CLOSE_NAME = 'websocket.close.name'

/** What a session that does not say its interval is taken to have: the default. */
export const DEFAULT_SUMMARY_MILLIS = 300_000

/** What begins and ends an instance of a service. */
export const INSTANCE_EVENTS = { started: 'STARTUP', stopped: 'STOPPED' } as const
