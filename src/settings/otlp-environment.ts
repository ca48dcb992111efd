import type { Environment } from './environment.ts'
import type { OtlpSignalOptions } from './options.ts'
import { definedOnly, oneOf, parseHeaders, parseMillis, type ReadVariable } from './parse-variable.ts'
import { COMPRESSIONS, ENDPOINT_ALLOWED, HEADERS_ALLOWED, isEndpoint, MILLIS_ALLOWED, PROTOCOLS } from './schema.ts'
import { UNSHOWN } from './shown-value.ts'

/** What is sent, each by a request of its own. */
export type Signal = 'logs' | 'traces' | 'metrics'
export const SIGNALS: readonly Signal[] = ['logs', 'traces', 'metrics']

/** What the variables of one prefix say of how to send. */
export interface OtlpVariables extends OtlpSignalOptions {
  /** Whether gRPC to an endpoint without a scheme goes without TLS. */
  readonly insecure?: boolean
}

/** The common variables, and those of each signal. */
export type OtlpEnvironment = Readonly<Record<Signal | 'common', OtlpVariables>>

/** What a signal's variables, or the common ones, begin with. */
export function otlpPrefix(signal: Signal | 'common'): string {
  return signal === 'common' ? 'OTEL_EXPORTER_OTLP' : `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
}

/** Reads the variables of the OTLP exporter. @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export function readOtlpEnvironment(read: ReadVariable): OtlpEnvironment {
  const variables = (signal: Signal | 'common'): OtlpVariables => readPrefix(otlpPrefix(signal), read)
  return {
    common: variables('common'),
    logs: variables('logs'),
    traces: variables('traces'),
    metrics: variables('metrics'),
  }
}

function readPrefix(prefix: string, read: ReadVariable): OtlpVariables {
  const plain = (name: string): string | undefined => read(name, (text) => text, '')
  const words = <T extends string>(name: string, allowed: readonly T[]): T | undefined =>
    read(name, (text) => oneOf(allowed, text), allowed.join(', '))
  const insecure = words(`${prefix}_INSECURE`, ['true', 'false'])
  return definedOnly<OtlpVariables>({
    endpoint: read(`${prefix}_ENDPOINT`, (text) => (isEndpoint(text) ? text : undefined), ENDPOINT_ALLOWED),
    protocol: words(`${prefix}_PROTOCOL`, PROTOCOLS),
    headers: read(`${prefix}_HEADERS`, parseHeaders, HEADERS_ALLOWED, () => UNSHOWN),
    compression: words(`${prefix}_COMPRESSION`, COMPRESSIONS),
    timeoutMillis: read(`${prefix}_TIMEOUT`, parseMillis, MILLIS_ALLOWED),
    certificate: plain(`${prefix}_CERTIFICATE`),
    clientKey: plain(`${prefix}_CLIENT_KEY`),
    clientCertificate: plain(`${prefix}_CLIENT_CERTIFICATE`),
    insecure: insecure === undefined ? undefined : insecure === 'true',
  })
}

/** The variables that name a proxy, in lower case. */
export interface ProxyVariables {
  readonly http_proxy?: string
  readonly https_proxy?: string
  readonly no_proxy?: string
}

/**
 * The proxy's variables, where Node was told to go by them; undefined where not, and in a Node that can't (before 22.21 and 24.5).
 * @see https://nodejs.org/api/http.html#built-in-proxy-support
 */
export function readProxy(environment: Environment): ProxyVariables | undefined {
  if (!process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) return undefined
  const flags = `${process.execArgv.join(' ')} ${environment['NODE_OPTIONS'] ?? ''}`
  if (environment['NODE_USE_ENV_PROXY'] !== '1' && !flags.includes('--use-env-proxy')) return undefined
  return definedOnly<ProxyVariables>({
    http_proxy: environment['http_proxy'] ?? environment['HTTP_PROXY'],
    https_proxy: environment['https_proxy'] ?? environment['HTTPS_PROXY'],
    no_proxy: environment['no_proxy'] ?? environment['NO_PROXY'],
  })
}
