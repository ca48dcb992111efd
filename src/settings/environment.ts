import { parseLevel } from '../logging/index.ts'
import { PROPAGATOR_NAMES, SAMPLER_NAMES, type PropagatorName } from '../tracing/index.ts'
import type { Layer } from './layers.ts'
import { LOGGER_PATHS, LOGGERS_ALLOWED, parseLoggers } from './loggers.ts'
import type { InitOptions, LevelOption } from './options.ts'
import { OTLP_VARIABLES } from './otlp-environment.ts'
import { oneOf, parseMillis, parseNames, parsePairs, sets, setsText, type Variable } from './parse-variable.ts'
import { HASH_KEY_ALLOWED, isHashKey } from './privacy.ts'
import {
  CONFIG_ALLOWED,
  DAYS_ALLOWED,
  LEVELS_ALLOWED,
  METRIC_INTERVAL_ALLOWED,
  MIN_METRIC_INTERVAL_MILLIS,
  RATIO_ALLOWED,
} from './schema.ts'
import type { SettingsMistake } from './settings-error.ts'
import { shownValue, UNSHOWN } from './shown-value.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables that set options, the stronger before the weaker ones. */
export const VARIABLES: readonly Variable[] = [
  sets('disabled', 'OTEL_SDK_DISABLED', (text) => text.toLowerCase() === 'true', 'true or false'),
  sets('config', 'CLEW_CONFIG', (text) => (text === 'none' ? false : text), CONFIG_ALLOWED),
  setsText('service', 'OTEL_SERVICE_NAME'),
  setsText('environment', 'ENVIRONMENT'),
  setsText('environment', 'NODE_ENV'),
  {
    name: 'LOG_LEVEL',
    paths: ['level', 'levels'],
    parse: parseLevels,
    allowed: `${LEVELS_ALLOWED}, with levels of components after it: info,orders=debug`,
  },
  sets('modules', 'LOG_MODULES_ENABLED', parseNames, 'names of components with commas between; * stands for any characters'), // prettier-ignore
  setsText('home', 'CLEW_HOME'),
  { name: 'CLEW_LOG_FILE', paths: ['file.path', 'file.enabled'], parse: parseLogFile, allowed: 'a path, or off' },
  sets('file.retentionDays', 'LOG_RETENTION_DAYS', parseDays, DAYS_ALLOWED),
  sets('resource', 'OTEL_RESOURCE_ATTRIBUTES', parsePairs, 'key=value pairs with commas between'),
  ...OTLP_VARIABLES,
  sets('metricIntervalMillis', 'OTEL_METRIC_EXPORT_INTERVAL', parseInterval, METRIC_INTERVAL_ALLOWED),
  {
    ...sets('privacy.hashKey', 'CLEW_PRIVACY_KEY', (text) => (isHashKey(text) ? text : undefined), HASH_KEY_ALLOWED),
    show: () => UNSHOWN,
  },
  sets('sampler', 'OTEL_TRACES_SAMPLER', (text) => oneOf(SAMPLER_NAMES, text), SAMPLER_NAMES.join(', ')),
  sets('samplerRatio', 'OTEL_TRACES_SAMPLER_ARG', parseRatio, RATIO_ALLOWED),
  sets('propagators', 'OTEL_PROPAGATORS', parsePropagators, `${PROPAGATOR_NAMES.join(', ')}, with commas between`),
  { name: 'CLEW_LOGGERS', paths: LOGGER_PATHS, parse: parseLoggers, allowed: LOGGERS_ALLOWED },
]

/**
 * What the variables that clew honours say, a layer for each that is set. An empty variable counts as not set. A value that can't be read is reported and then treated as not set.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function environmentLayers(environment: Environment, mistakes: SettingsMistake[]): Layer[] {
  return VARIABLES.flatMap((variable) => {
    const { name, parse, allowed, show = shownValue, strong } = variable
    const text = environment[name]?.trim()
    if (text === undefined || text === '') return []
    const options = parse(text)
    if (options === undefined) {
      mistakes.push({ where: name, found: show(text), allowed })
      return []
    }
    const said = (): string => name
    return [{ origin: 'environment', options, from: said, place: said, weak: strong !== true, refused: new Set() }]
  })
}

function parseInterval(text: string): number | undefined {
  const interval = parseMillis(text)
  return interval === undefined || interval < MIN_METRIC_INTERVAL_MILLIS ? undefined : interval
}

function parseLogFile(text: string): InitOptions {
  return { file: text.toLowerCase() === 'off' ? { enabled: false } : { path: text } }
}

function parseDays(text: string): number | undefined {
  const days = Number(text)
  return days > 0 && days < Infinity ? days : undefined
}

function parseRatio(text: string): number | undefined {
  const ratio = Number(text)
  return ratio >= 0 && ratio <= 1 ? ratio : undefined
}

function parsePropagators(text: string): PropagatorName[] | undefined {
  const names = text.split(',').map((name) => oneOf(PROPAGATOR_NAMES, name.trim()))
  return names.every((name) => name !== undefined) ? names : undefined
}

function parseLevels(text: string): InitOptions | undefined {
  let level: LevelOption | undefined
  const levels = Object.create(null) as Record<string, LevelOption>
  for (const part of text.split(',')) {
    const [name = '', own] = part.split('=').map((side) => side.trim())
    const given = (own ?? name) as LevelOption
    if (parseLevel(given) === undefined) return undefined
    if (own === undefined) level = given
    else levels[name] = given
  }
  return level === undefined ? { levels } : { level, levels }
}
