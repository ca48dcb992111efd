import type { Environment } from './environment.ts'
import { oneOf, parseFlag, parseHeaders, parseMillis, sets, setsText, type Variable } from './parse-variable.ts'
import { COMPRESSIONS, ENDPOINT_ALLOWED, HEADERS_ALLOWED, isEndpoint, MILLIS_ALLOWED, PROTOCOLS } from './schema.ts'
import { UNSHOWN } from './shown-value.ts'

/** What is sent, each by a request of its own. */
export type Signal = 'logs' | 'traces' | 'metrics'
export const SIGNALS: readonly Signal[] = ['logs', 'traces', 'metrics']

/** The variables of the OTLP exporter: those of each signal before the common ones. @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export const OTLP_VARIABLES: readonly Variable[] = [
  exporterOf('logs', 'OTEL_LOGS_EXPORTER'),
  exporterOf('traces', 'OTEL_TRACES_EXPORTER'),
  exporterOf('metrics', 'OTEL_METRICS_EXPORTER'),
  ...SIGNALS.flatMap((signal) => variablesOf(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`, `otlp.${signal}`)),
  ...variablesOf('OTEL_EXPORTER_OTLP', 'otlp'),
]

function exporterOf(signal: Signal, name: string): Variable {
  const send = { otlp: true, none: false }
  const parse = (text: string): boolean | undefined => {
    const exporter = oneOf(['otlp', 'none'] as const, text)
    return exporter && send[exporter]
  }
  return sets(`otlp.${signal}`, name, parse, 'otlp or none')
}

function variablesOf(prefix: string, path: string): Variable[] {
  const word = <T extends string>(option: string, name: string, allowed: readonly T[]): Variable =>
    sets(`${path}.${option}`, name, (text) => oneOf(allowed, text), allowed.join(', '))
  const endpoint = (text: string): string | undefined => (isEndpoint(text) ? text : undefined)
  return [
    { ...sets(`${path}.endpoint`, `${prefix}_ENDPOINT`, endpoint, ENDPOINT_ALLOWED), strong: true },
    word('protocol', `${prefix}_PROTOCOL`, PROTOCOLS),
    { ...sets(`${path}.headers`, `${prefix}_HEADERS`, parseHeaders, HEADERS_ALLOWED), show: () => UNSHOWN },
    word('compression', `${prefix}_COMPRESSION`, COMPRESSIONS),
    sets(`${path}.timeoutMillis`, `${prefix}_TIMEOUT`, parseMillis, MILLIS_ALLOWED),
    setsText(`${path}.certificate`, `${prefix}_CERTIFICATE`),
    setsText(`${path}.clientKey`, `${prefix}_CLIENT_KEY`),
    setsText(`${path}.clientCertificate`, `${prefix}_CLIENT_CERTIFICATE`),
    sets(`${path}.insecure`, `${prefix}_INSECURE`, parseFlag, 'true, false'),
  ]
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
  const proxy = {
    http_proxy: environment['http_proxy'] ?? environment['HTTP_PROXY'],
    https_proxy: environment['https_proxy'] ?? environment['HTTPS_PROXY'],
    no_proxy: environment['no_proxy'] ?? environment['NO_PROXY'],
  }
  return Object.fromEntries(Object.entries(proxy).filter(([, value]) => value !== undefined))
}
