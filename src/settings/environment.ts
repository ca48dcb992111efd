import { parseLevel } from '../logging/index.ts'
import { PROPAGATOR_NAMES, SAMPLER_NAMES, type PropagatorName, type SamplerName } from '../tracing/index.ts'
import {
  readOtlpEnvironment,
  readProxy,
  type OtlpEnvironment,
  type ProxyVariables,
  type Signal,
} from './otlp-environment.ts'
import { oneOf, parseMillis, parsePairs, type ReadVariable } from './parse-variable.ts'
import { HASH_KEY_ALLOWED, isHashKey } from './privacy.ts'
import { DAYS_ALLOWED } from './file-settings.ts'
import type { FileOptions } from './options.ts'
import { LEVELS_ALLOWED, RATIO_ALLOWED } from './schema.ts'
import type { SettingsMistake } from './settings-error.ts'
import { shownValue, UNSHOWN } from './shown-value.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment sets; undefined where it says nothing, or nothing usable. */
export interface EnvironmentSettings {
  readonly disabled: boolean
  readonly service: string | undefined
  readonly environment: string | undefined
  readonly level: number | undefined
  readonly componentLevels: Readonly<Record<string, number>>
  readonly modules: readonly string[]
  readonly home: string | undefined
  readonly file: FileOptions
  readonly resource: Readonly<Record<string, string>>
  readonly otlp: OtlpEnvironment
  /** The variables of a proxy, when Node is told to go by them. */
  readonly proxy: ProxyVariables | undefined
  /** Signals that are not to be sent anywhere. */
  readonly unsent: ReadonlySet<Signal>
  readonly metricIntervalMillis: number | undefined
  /** The key of keyed hashes. */
  readonly privacyKey: string | undefined
  readonly sampler: SamplerName | undefined
  readonly samplerRatio: number | undefined
  readonly propagators: readonly PropagatorName[] | undefined
}

/**
 * Reads the variables that clew honours. An empty variable counts as not set. A value that can't be read is reported and then treated as not set.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readEnvironment(environment: Environment, mistakes: SettingsMistake[]): EnvironmentSettings {
  const read: ReadVariable = (name, parse, allowed, show = shownValue) => {
    const text = environment[name]
    if (text === undefined || text.trim() === '') return undefined
    const value = parse(text.trim())
    if (value === undefined) mistakes.push({ where: name, found: show(text), allowed })
    return value
  }
  const plain = (name: string): string | undefined => read(name, (text) => text, '')
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
    modules:
      read('LOG_MODULES_ENABLED', parseNames, 'names of components with commas between; * stands for any characters') ??
      [],
    home: plain('CLEW_HOME'),
    file: {
      ...read('CLEW_LOG_FILE', parseLogFile, ''),
      ...read('LOG_RETENTION_DAYS', parseDays, DAYS_ALLOWED),
    },
    resource: read('OTEL_RESOURCE_ATTRIBUTES', parsePairs, 'key=value pairs with commas between') ?? {},
    otlp: readOtlpEnvironment(read),
    proxy: readProxy(environment),
    unsent: new Set(
      [
        exporter('OTEL_LOGS_EXPORTER') === 'none' ? ('logs' as const) : undefined,
        exporter('OTEL_TRACES_EXPORTER') === 'none' ? ('traces' as const) : undefined,
        exporter('OTEL_METRICS_EXPORTER') === 'none' ? ('metrics' as const) : undefined,
      ].filter((signal) => signal !== undefined),
    ),
    metricIntervalMillis: read(
      'OTEL_METRIC_EXPORT_INTERVAL',
      parseInterval,
      `a number of milliseconds, ${MIN_INTERVAL_MILLIS} or more`,
    ),
    privacyKey: read(
      'CLEW_PRIVACY_KEY',
      (text) => (isHashKey(text) ? text : undefined),
      HASH_KEY_ALLOWED,
      () => UNSHOWN,
    ),
    sampler: read('OTEL_TRACES_SAMPLER', (text) => oneOf(SAMPLER_NAMES, text), SAMPLER_NAMES.join(', ')),
    samplerRatio: read('OTEL_TRACES_SAMPLER_ARG', parseRatio, RATIO_ALLOWED),
    propagators: read('OTEL_PROPAGATORS', parsePropagators, `${PROPAGATOR_NAMES.join(', ')}, with commas between`),
  }
}

const MIN_INTERVAL_MILLIS = 100

function parseInterval(text: string): number | undefined {
  const interval = parseMillis(text)
  return interval === undefined || interval < MIN_INTERVAL_MILLIS ? undefined : interval
}

function parseLogFile(text: string): FileOptions {
  return text.toLowerCase() === 'off' ? { enabled: false } : { path: text }
}

function parseDays(text: string): FileOptions | undefined {
  const retentionDays = Number(text)
  return retentionDays > 0 && retentionDays < Infinity ? { retentionDays } : undefined
}

function parseRatio(text: string): number | undefined {
  const ratio = Number(text)
  return ratio >= 0 && ratio <= 1 ? ratio : undefined
}

function parsePropagators(text: string): PropagatorName[] | undefined {
  const names = text.split(',').map((name) => oneOf(PROPAGATOR_NAMES, name.trim()))
  return names.every((name) => name !== undefined) ? names : undefined
}

function parseNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
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
