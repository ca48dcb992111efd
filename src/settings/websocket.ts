import type { WebSocketOptions } from './websocket-options.ts'

/** How WebSocket sessions are recorded where nobody says anything. */
export const DEFAULT_WEBSOCKET = Object.freeze({
  enabled: true,
  summaryMillis: 300_000,
  messageSpans: false,
  messageContext: false,
  ignorePaths: Object.freeze([]),
} as const satisfies WebSocketOptions)

/** How WebSocket sessions are recorded; `false` when they are not. */
export type WebSocketSettings = false | Omit<WebSocketOptions, 'enabled'>

export function resolveWebSocket(given: boolean | WebSocketOptions): WebSocketSettings {
  if (typeof given === 'boolean') return given && {}
  const { enabled, ...settings } = given
  return enabled === false ? false : settings
}
