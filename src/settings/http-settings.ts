import type { CaptureHeadersOptions, HttpOptions } from './http-options.ts'
import type { InitOptions } from './options.ts'

/** How requests are recorded, complete. */
export interface HttpSettings extends Required<HttpOptions> {
  readonly captureHeaders: Required<CaptureHeadersOptions>
}

/** What holds where nobody says anything. */
export function defaultHttp({ http, slowMillis = 1_000 }: InitOptions): false | HttpSettings {
  if (http === false) return false
  return {
    slowMillis,
    receivedLevel: 'DEBUG',
    ignorePaths: [],
    trustedProxies: false,
    requestIdHeader: 'x-request-id',
    propagateRequestId: ['own'],
    captureHeaders: { request: [], response: [], clientRequest: [], clientResponse: [] },
    serviceNames: {},
    cardinalityLimit: 1_000,
  }
}
