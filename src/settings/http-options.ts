/** The names of headers whose values are kept, on the span and on the record. Credentials and cookies are never shown. */
export interface CaptureHeadersOptions {
  /** Of requests to this process. @default none */
  readonly request?: readonly string[]
  /** Of the answers to them. @default none */
  readonly response?: readonly string[]
  /** Of requests that this process makes. @default none */
  readonly clientRequest?: readonly string[]
  /** Of the answers that it gets. @default none */
  readonly clientResponse?: readonly string[]
}

/** Requests that this process answers and makes. docs/http.md tells of them. */
export interface HttpOptions {
  /** From this duration on, in milliseconds, a request or a call is called slow. @default slowMillis of all */
  readonly slowMillis?: number
  /** Level of the record "request received". @default 'DEBUG' */
  readonly receivedLevel?: 'DEBUG' | 'INFO'
  /** Paths of requests that leave no trace at all, such as health checks; `*` stands for any characters: `['/health', '/internal/*']`. @default none */
  readonly ignorePaths?: readonly (string | RegExp)[]
  /**
   * Whose `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`, are believed: of so many proxies in front of this server, or of those at these addresses: `['loopback', '10.0.0.0/8']`. `true` is for servers that
   * no client can reach but through proxies. @default false
   */
  readonly trustedProxies?: boolean | number | readonly string[]
  /** Name of the header that carries the request's id, in both directions. @default 'x-request-id' */
  readonly requestIdHeader?: string
  /** Which hosts are told the request's id with the calls that it causes: all, none, or these; `*` stands for any characters, `own` for hosts of one's own network. @default ['own'] */
  readonly propagateRequestId?: boolean | readonly string[]
  readonly captureHeaders?: CaptureHeadersOptions
  /** What other services are called, by their hosts; `*` stands for any characters: `{ 'api.stripe.com': 'payments' }`. @default the host */
  readonly serviceNames?: Readonly<Record<string, string>>
  /** Most different combinations of attributes in each metric; what comes beyond is counted together. @default 1000 */
  readonly cardinalityLimit?: number
}
