import { createFrameworksInstrumentation } from './frameworks/index.ts'
import { createHttpInstrumentation, resolveHttpSettings, type HttpOptions } from './http/index.ts'
import type { Instrumentation } from './instrumentation.ts'
import { createLoggerBridges, type LoggersSettings } from './loggers/index.ts'
import { createRedisInstrumentation, type RedisSettings } from './redis/index.ts'
import { createWebSocketInstrumentation, type WebSocketSettings } from './websocket/index.ts'

/** The part of clew's settings that instrumentations read. */
export interface InstrumentationsSettings {
  readonly slowMillis: number
  /** False when it is left alone. */
  readonly http: false | HttpOptions
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
  const httpOptions = { slowMillis: settings.slowMillis, ...(http || undefined), onError: failed }
  return [
    ...(http ? [createHttpInstrumentation(httpOptions), createFrameworksInstrumentation(failed)] : []),
    ...(websocket === false
      ? []
      : [createWebSocketInstrumentation({ ...websocket, http: resolveHttpSettings(httpOptions) })]),
    ...(redis === false ? [] : [createRedisInstrumentation(redis)]),
    ...createLoggerBridges(settings.loggers, failed),
  ]
}
