import { diag } from '@opentelemetry/api'

/** How HTTP is recorded; all of it is optional. */
export interface HttpOptions {
  /** From this duration on, in milliseconds, a request or a call is told as slow, at WARNING. @default 1000 */
  readonly slowMillis?: number
  /** Level of the record "request received". @default 'DEBUG' */
  readonly captureReceived?: 'DEBUG' | 'INFO'
  /** Paths of requests that leave no trace at all, such as health checks: a whole path, or a pattern. @default [] */
  readonly ignorePaths?: readonly (string | RegExp)[]
  /**
   * Whether `X-Forwarded-For`, `-Proto` and `-Host` are believed: of how many proxies in front of this server, or of all (`true`, only where no client can reach the server
   * but through them). @default false
   */
  readonly trustProxy?: boolean | number
  /** Name of the header that carries the request's id, in both directions. @default 'x-request-id' */
  readonly requestIdHeader?: string
  /** Hears of our own failures; they never reach the application. @default OpenTelemetry's `diag` */
  readonly onError?: (error: unknown) => void
}

/** How HTTP is recorded, complete. */
export type HttpSettings = Readonly<Required<HttpOptions>>

export const DEFAULT_HTTP_SETTINGS: HttpSettings = Object.freeze({
  slowMillis: 1_000,
  captureReceived: 'DEBUG',
  ignorePaths: Object.freeze([]),
  trustProxy: false,
  requestIdHeader: 'x-request-id',
  onError: (error: unknown) => diag.error('clew: the HTTP instrumentation failed', error),
})

/** Whether requests to a path are to be left out. */
export function isIgnored(path: string, { ignorePaths }: HttpSettings): boolean {
  for (const pattern of ignorePaths) {
    if (typeof pattern === 'string' ? pattern === path : path.search(pattern) !== -1) return true
  }
  return false
}
