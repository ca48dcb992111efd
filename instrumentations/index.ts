import { createHttpInstrumentation, DEFAULT_HTTP_SETTINGS } from './http/index.ts'
import type { Instrumentation } from './instrumentation.ts'
import { createLoggerBridges, type LoggersSettings } from './loggers/index.ts'
import { createRedisInstrumentation, type RedisSettings } from './redis/index.ts'
import { createWebSocketInstrumentation, type WebSocketSettings } from './websocket/index.ts'

/** The part of clew's settings that instrumentations read. */
export interface InstrumentationsSettings {
  readonly slowMillis: number
  readonly http: boolean
  readonly websocket: false | WebSocketSettings
  readonly redis: false | RedisSettings
  readonly loggers: LoggersSettings
}

/**
 * All instrumentations that the settings ask for.
 * @param failed hears of our own failures; they never reach the application
 */
export function createInstrumentations(
  settings: InstrumentationsSettings,
  failed: (error: unknown) => void,
): Instrumentation[] {
  const { http, websocket, redis } = settings
  const httpSettings = { ...DEFAULT_HTTP_SETTINGS, slowMillis: settings.slowMillis, onError: failed }
  return [
    ...(http ? [createHttpInstrumentation(httpSettings)] : []),
    ...(websocket === false ? [] : [createWebSocketInstrumentation({ ...websocket, http: httpSettings })]),
    ...(redis === false ? [] : [createRedisInstrumentation(redis)]),
    ...createLoggerBridges(settings.loggers, failed),
  ]
}
