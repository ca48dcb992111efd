import { LEVEL_SIGNALS, parseLevelList } from '../logging/index.ts'
import { PROPAGATOR_NAMES, SAMPLER_NAMES, SAMPLERS_ALLOWED, type PropagatorName } from '../tracing/index.ts'
import type { Layer } from './layers.ts'
import { LOGGER_PATHS, LOGGERS_ALLOWED, parseLoggers } from './loggers.ts'
import type { InitOptions, LevelOption } from './options.ts'
import { OTLP_VARIABLES } from './otlp-environment.ts'
import {
  oneOf,
  parseFlag,
  parseMillis,
  parseNames,
  parsePairs,
  sets,
  setsText,
  type Variable,
} from './parse-variable.ts'
import { HASH_KEY_ALLOWED, isHashKey } from './privacy.ts'
import { DETECTOR_NAMES, type DetectorName } from './resource/detector-names.ts'
import {
  CONFIG_ALLOWED,
  DATABASE_URL_ALLOWED,
  isDatabaseUrl,
  CONSOLE_FORMATS,
  DAYS_ALLOWED,
  DETECTORS_ALLOWED,
  LEVEL_SIGNALS_ALLOWED,
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
  setsText('levelControl.file', 'CLEW_LEVEL_FILE'),
  sets('levelControl.signal', 'CLEW_LEVEL_SIGNAL', parseLevelSignal, LEVEL_SIGNALS_ALLOWED),
  sets('console.format', 'LOG_FORMAT', (text) => oneOf(CONSOLE_FORMATS, text), CONSOLE_FORMATS.join(', ')),
  sets('lifecycle', 'CLEW_LIFECYCLE', parseFlag, 'true, false'),
  setsText('home', 'CLEW_HOME'),
  { name: 'CLEW_LOG_FILE', paths: ['file.path', 'file.enabled'], parse: parseLogFile, allowed: 'a path, or off' },
  sets('file.retentionDays', 'LOG_RETENTION_DAYS', parseDays, DAYS_ALLOWED),
  sets('resource', 'OTEL_RESOURCE_ATTRIBUTES', parsePairs, 'key=value pairs with commas between'),
  sets('resourceDetectors', 'OTEL_NODE_RESOURCE_DETECTORS', parseDetectors, `all, none, or ${DETECTORS_ALLOWED}`),
  ...OTLP_VARIABLES,
  sets('metricIntervalMillis', 'OTEL_METRIC_EXPORT_INTERVAL', parseInterval, METRIC_INTERVAL_ALLOWED),
  {
    ...sets('privacy.hashKey', 'CLEW_PRIVACY_KEY', (text) => (isHashKey(text) ? text : undefined), HASH_KEY_ALLOWED),
    show: () => UNSHOWN,
  },
  {
    ...sets(
      'database.url',
      'CLEW_DATABASE_URL',
      (text) => (isDatabaseUrl(text) ? text : undefined),
      DATABASE_URL_ALLOWED,
    ),
    strong: true,
    show: () => UNSHOWN,
  },
  {
    ...sets('database.key', 'CLEW_AUDIT_KEY', (text) => (isHashKey(text) ? text : undefined), HASH_KEY_ALLOWED),
    show: () => UNSHOWN,
  },
  sets('sampler', 'OTEL_TRACES_SAMPLER', (text) => oneOf(SAMPLER_NAMES, text), SAMPLERS_ALLOWED),
  sets('samplerRatio', 'OTEL_TRACES_SAMPLER_ARG', parseRatio, RATIO_ALLOWED),
  sets('propagators', 'OTEL_PROPAGATORS', parsePropagators, `${PROPAGATOR_NAMES.join(', ')}, with commas between`),
  sets('instrumentations', 'CLEW_INSTRUMENTATIONS', parseNames, 'auto, or names such as express,koa'),
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

/**
 * Whether lines are coloured, as Node decides it.
 * @see https://nodejs.org/api/tty.html#writestreamgetcolordepthenv
 */
export function readColour(environment: Environment, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: terminal } = environment
  if (force !== '') return force !== '0' && force.toLowerCase() !== 'false'
  return no === '' && terminal !== 'dumb' && isTerminal
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

function parseDetectors(text: string): readonly DetectorName[] | undefined {
  const names = parseNames(text.toLowerCase())
  if (names.includes('all')) return DETECTOR_NAMES
  if (names.includes('none')) return []
  const detectors = names.map((name) => oneOf(DETECTOR_NAMES, name))
  return detectors.every((name) => name !== undefined) ? detectors : undefined
}

function parseLevels(text: string): InitOptions | undefined {
  const list = parseLevelList(text)
  if (list === undefined) return undefined
  const levels = list.components as Record<string, LevelOption>
  return list.level === undefined ? { levels } : { level: list.level as LevelOption, levels }
}

function parseLevelSignal(text: string): (typeof LEVEL_SIGNALS)[number] | undefined {
  return LEVEL_SIGNALS.find((signal) => signal === text.toUpperCase())
}
