import { diag } from '@opentelemetry/api'
import { isOwnHost } from '../../src/network/index.ts'
import { capturedHeaders, type CapturedHeader, type CaptureHeaders } from './captured-headers.ts'
import { textMatcher, type TextPattern } from './text-pattern.ts'
import { createTrust, type Trust, type TrustedProxies } from './trusted-proxies.ts'

/** How HTTP is recorded; all of it is optional. docs/http.md tells of each. */
export interface HttpOptions {
  /** From this duration on, in milliseconds, a request or a call is told as slow, at WARNING. @default 1000 */
  readonly slowMillis?: number
  /** Level of the record "request received". @default 'DEBUG' */
  readonly receivedLevel?: 'DEBUG' | 'INFO'
  /** Paths of requests that leave no trace at all, such as health checks; `*` stands for any characters. @default [] */
  readonly ignorePaths?: readonly TextPattern[]
  /**
   * Whose `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`, are believed: those of so many proxies in front of this server; those of proxies at these addresses and networks, or in
   * `loopback`, `linklocal` and `private`; or all (`true`, only where no client can reach the server but through them). @default false
   */
  readonly trustedProxies?: TrustedProxies
  /** Name of the header that carries the request's id, in both directions. @default 'x-request-id' */
  readonly requestIdHeader?: string
  /** To which hosts the request's id goes on with the calls that it causes: all, none, or these; `*` stands for any characters, `own` for hosts of one's own network. @default ['own'] */
  readonly propagateRequestId?: boolean | readonly string[]
  readonly captureHeaders?: CaptureHeaders
  /** What other services are called, by their hosts; `*` stands for any characters. @default the host */
  readonly serviceNames?: Readonly<Record<string, string>>
  /** Most different combinations of attributes in each metric; what comes beyond is counted as one. @default 1000 */
  readonly cardinalityLimit?: number
  /** Hears of our own failures; they never reach the application. @default OpenTelemetry's `diag` */
  readonly onError?: (error: unknown) => void
}

/** How HTTP is recorded, made ready for use. */
export interface HttpSettings {
  readonly slowMillis: number
  readonly receivedLevel: 'DEBUG' | 'INFO'
  readonly isIgnored: (path: string) => boolean
  /** Undefined when no proxy is believed. */
  readonly trust: Trust | undefined
  /** In lower case. */
  readonly requestIdHeader: string
  readonly mayKnowRequestId: (host: string) => boolean
  readonly captured: Readonly<Record<keyof CaptureHeaders, readonly CapturedHeader[] | undefined>>
  /** Undefined for a host without a name of its own. */
  readonly serviceName: (host: string) => string | undefined
  readonly cardinalityLimit: number
  readonly onError: (error: unknown) => void
}

/**
 * Makes options ready for use.
 * @throws TypeError when one of them can't be what it is to be
 */
export function resolveHttpSettings(options: HttpOptions = {}): HttpSettings {
  const { requestIdHeader = 'x-request-id', captureHeaders = {}, trustedProxies = false } = options
  for (const name of [requestIdHeader, ...Object.values(captureHeaders).flat()]) checkHeaderName(name)
  return Object.freeze({
    slowMillis: options.slowMillis ?? 1_000,
    receivedLevel: options.receivedLevel ?? 'DEBUG',
    isIgnored: textMatcher(options.ignorePaths ?? []),
    trust: createTrust(trustedProxies),
    requestIdHeader: requestIdHeader.toLowerCase(),
    mayKnowRequestId: hostMatcher(options.propagateRequestId ?? ['own']),
    captured: Object.freeze({
      request: capturedHeaders('request', captureHeaders.request),
      response: capturedHeaders('response', captureHeaders.response),
      clientRequest: capturedHeaders('request', captureHeaders.clientRequest),
      clientResponse: capturedHeaders('response', captureHeaders.clientResponse),
    }),
    serviceName: serviceNames(options.serviceNames ?? {}),
    cardinalityLimit: options.cardinalityLimit ?? 1_000,
    onError: quiet(options.onError ?? toDiag),
  })
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.1 */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function checkHeaderName(name: string): void {
  if (!HEADER_NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} can't be the name of a header`)
}

function hostMatcher(hosts: boolean | readonly string[]): (host: string) => boolean {
  if (typeof hosts === 'boolean') return () => hosts
  const named = textMatcher(hosts.map((host) => host.toLowerCase()))
  if (!hosts.includes('own')) return (host) => named(host.toLowerCase())
  return remembering((host) => isOwnHost(host) || named(host.toLowerCase()))
}

function serviceNames(names: Readonly<Record<string, string>>): (host: string) => string | undefined {
  const rules = Object.entries(names).map(([host, name]) => ({ matches: textMatcher([host.toLowerCase()]), name }))
  if (rules.length === 0) return () => undefined
  return (host) => rules.find(({ matches }) => matches(host.toLowerCase()))?.name
}

/** The answer for the last host: a process mostly calls the same few. */
function remembering(decide: (host: string) => boolean): (host: string) => boolean {
  let last: string | undefined
  let answer = false
  return (host) => {
    if (host !== last) {
      answer = decide(host)
      last = host
    }
    return answer
  }
}

function toDiag(error: unknown): void {
  diag.error('clew: the HTTP instrumentation failed', error)
}

/** The one who is told of failures must not make another. */
function quiet(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onError(error)
    } catch {
      // there is nobody left to tell
    }
  }
}

/** What holds where nothing is said. */
export const DEFAULT_HTTP_SETTINGS: HttpSettings = resolveHttpSettings()
