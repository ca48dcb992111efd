import { parseLevel } from '../logging/index.ts'
import { SAMPLER_NAMES, type SamplerName } from '../tracing/index.ts'
import { isHeader } from './header.ts'
import { HEADERS_ALLOWED, isHttpUrl, LEVELS_ALLOWED, MILLIS_ALLOWED, URL_ALLOWED } from './schema.ts'
import type { SettingsMistake } from './settings-error.ts'
import { shownValue, UNSHOWN } from './shown-value.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What is sent, each by a request of its own. */
export type Signal = 'logs' | 'traces' | 'metrics'

/** What the environment sets; undefined where it says nothing, or nothing usable. */
export interface EnvironmentSettings {
  readonly disabled: boolean
  readonly service: string | undefined
  readonly environment: string | undefined
  readonly level: number | undefined
  readonly componentLevels: Readonly<Record<string, number>>
  readonly home: string | undefined
  readonly resource: Readonly<Record<string, string>>
  readonly endpoint: string | undefined
  readonly signalEndpoints: Readonly<Partial<Record<Signal, string>>>
  /** Signals that are not to be sent anywhere. */
  readonly unsent: ReadonlySet<Signal>
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none' | undefined
  readonly timeoutMillis: number | undefined
  readonly metricIntervalMillis: number | undefined
  readonly sampler: SamplerName | undefined
  readonly samplerRatio: number | undefined
}

/**
 * Reads the variables that clew honours. An empty variable counts as not set. A value that can't be read is reported and then treated as not set.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readEnvironment(environment: Environment, mistakes: SettingsMistake[]): EnvironmentSettings {
  const read = <T>(
    name: string,
    parse: (text: string) => T | undefined,
    allowed: string,
    show: (text: string) => string = shownValue,
  ): T | undefined => {
    const text = environment[name]
    if (text === undefined || text.trim() === '') return undefined
    const value = parse(text.trim())
    if (value === undefined) mistakes.push({ where: name, found: show(text), allowed })
    return value
  }
  const plain = (name: string): string | undefined => read(name, (text) => text, '')
  const url = (name: string): string | undefined =>
    read(name, (text) => (isHttpUrl(text) ? text : undefined), URL_ALLOWED)
  const millis = (name: string): number | undefined => read(name, parseMillis, MILLIS_ALLOWED)
  const exporter = (name: string): 'otlp' | 'none' | undefined =>
    read(name, (text) => oneOf(['otlp', 'none'] as const, text), 'otlp or none')
  const levels = read(
    'LOG_LEVEL',
    parseLevels,
    `${LEVELS_ALLOWED}, with levels of components after it: info,orders=debug`,
  )
  return {
    disabled: plain('OTEL_SDK_DISABLED')?.toLowerCase() === 'true',
    service: plain('OTEL_SERVICE_NAME'),
    environment: plain('ENVIRONMENT') ?? plain('NODE_ENV'),
    level: levels?.level,
    componentLevels: levels?.components ?? {},
    home: plain('CLEW_HOME'),
    resource: read('OTEL_RESOURCE_ATTRIBUTES', parsePairs, 'key=value pairs with commas between') ?? {},
    endpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT'),
    signalEndpoints: definedOnly({
      logs: url('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'),
      traces: url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
      metrics: url('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'),
    }),
    unsent: new Set(
      [
        exporter('OTEL_LOGS_EXPORTER') === 'none' ? ('logs' as const) : undefined,
        exporter('OTEL_TRACES_EXPORTER') === 'none' ? ('traces' as const) : undefined,
        exporter('OTEL_METRICS_EXPORTER') === 'none' ? ('metrics' as const) : undefined,
      ].filter((signal) => signal !== undefined),
    ),
    headers: read('OTEL_EXPORTER_OTLP_HEADERS', parseHeaders, HEADERS_ALLOWED, () => UNSHOWN) ?? {},
    compression: read(
      'OTEL_EXPORTER_OTLP_COMPRESSION',
      (text) => oneOf(['gzip', 'none'] as const, text),
      'gzip or none',
    ),
    timeoutMillis: millis('OTEL_EXPORTER_OTLP_TIMEOUT'),
    metricIntervalMillis: read(
      'OTEL_METRIC_EXPORT_INTERVAL',
      parseInterval,
      `a number of milliseconds, ${MIN_INTERVAL_MILLIS} or more`,
    ),
    sampler: read('OTEL_TRACES_SAMPLER', (text) => oneOf(SAMPLER_NAMES, text), SAMPLER_NAMES.join(', ')),
    samplerRatio: read('OTEL_TRACES_SAMPLER_ARG', parseRatio, 'a number from 0 to 1'),
  }
}

function oneOf<T extends string>(allowed: readonly T[], text: string): T | undefined {
  return allowed.find((value) => value === text.toLowerCase())
}

function parseMillis(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

const MIN_INTERVAL_MILLIS = 100

function parseInterval(text: string): number | undefined {
  const interval = parseMillis(text)
  return interval === undefined || interval < MIN_INTERVAL_MILLIS ? undefined : interval
}

function parseRatio(text: string): number | undefined {
  const ratio = Number(text)
  return ratio >= 0 && ratio <= 1 ? ratio : undefined
}

function parseLevels(text: string): { level: number | undefined; components: Record<string, number> } | undefined {
  let level: number | undefined
  const components = Object.create(null) as Record<string, number>
  for (const part of text.split(',')) {
    const [name = '', own] = part.split('=').map((side) => side.trim())
    const parsed = parseLevel(own ?? name)
    if (parsed === undefined) return undefined
    if (own === undefined) level = parsed
    else components[name] = parsed
  }
  return { level, components }
}

/** W3C-baggage-like `key=value,key=value`, values percent-encoded. */
function parsePairs(text: string): Record<string, string> | undefined {
  const pairs = Object.create(null) as Record<string, string>
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const at = part.indexOf('=')
    if (at <= 0) return undefined
    try {
      pairs[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim())
    } catch {
      return undefined
    }
  }
  return pairs
}

function parseHeaders(text: string): Record<string, string> | undefined {
  const headers = parsePairs(text)
  if (headers === undefined) return undefined
  return Object.entries(headers).every(([name, value]) => isHeader(name, value)) ? headers : undefined
}

function definedOnly<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
