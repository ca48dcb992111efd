import type { ContextManager, Sampler, TextMapPropagator } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { join, resolve } from 'node:path'
import type { AuditFailure, FailureWatchSettings } from '../audit/index.ts'
import { parseLevel, SEVERITY, type FlightRecorderSettings, type VolumeRule } from '../logging/index.ts'
import type { PrivacySettings } from '../privacy/index.ts'
import type { LogRecordProcessor, SpanProcessor } from '../plugins/index.ts'
import { createSampler, type PropagatorName } from '../tracing/index.ts'
import { defaultLayer, defaultOptions, type EffectiveOptions, type SpoolSettings } from './defaults.ts'
import { environmentLayers, type Environment } from './environment.ts'
import { resolveFile, type FileSettings } from './file-settings.ts'
import { mergeLayers, type Layer } from './layers.ts'
import { resolveLoggers, type LoggersSettings } from './loggers.ts'
import type { InitOptions, LevelOption } from './options.ts'
import { readProxy } from './otlp-environment.ts'
import { resolveOtlp, sentSignals, type OtlpSettings } from './otlp-settings.ts'
import type { MistakeLists } from './otlp-sources.ts'
import { resolvePrivacy } from './privacy.ts'
import { detectResource, findProgramPackage } from './resource.ts'
import type { FileLayer } from './file/file-layer.ts'
import { optionMistakes } from './option-mistakes.ts'
import { SettingsError, type SettingsMistake } from './settings-error.ts'
import { readSettingsFile } from './settings-file.ts'

/** The audit channel's. */
export interface AuditSettings {
  readonly onFailure: AuditFailure
  readonly suspicious: FailureWatchSettings | false
}

/** All settings, resolved. */
export interface Settings {
  readonly disabled: boolean
  readonly service: string
  readonly environment: string
  readonly level: number
  readonly componentLevels: Readonly<Record<string, number>>
  /** Where some are named, other components are off, save ERROR and above. */
  readonly modules: readonly string[]
  readonly volume: readonly VolumeRule[]
  readonly flightRecorder: FlightRecorderSettings | undefined
  readonly console: { readonly enabled: boolean; readonly format: 'human' | 'json'; readonly colour: boolean }
  /** Undefined when nothing is written to files. */
  readonly file: FileSettings | undefined
  readonly otlp: OtlpSettings | undefined
  readonly spool: SpoolSettings
  /** Whether it was asked for that nothing is sent, rather than nothing said of where to. */
  readonly unsent: boolean
  readonly resource: Readonly<Record<string, string | number | boolean>>
  readonly sampler: Sampler
  readonly slowMillis: number
  readonly instrumentations: { readonly http: boolean; readonly websocket: boolean; readonly redis: boolean }
  readonly loggers: LoggersSettings
  readonly privacy: PrivacySettings
  readonly audit: AuditSettings
  readonly metricIntervalMillis: number
  readonly runtimeMetrics: boolean
  readonly shutdownTimeoutMillis: number
  readonly logRecordProcessors: readonly LogRecordProcessor[]
  readonly spanProcessors: readonly SpanProcessor[]
  readonly metricReaders: readonly IMetricReader[]
  readonly propagators: readonly (PropagatorName | TextMapPropagator)[]
  readonly contextManager: ContextManager | undefined
  readonly logSampling: 'all' | 'trace'
}

/** Settings, and what could not be read and was left at its default. */
export interface ResolvedSettings {
  readonly settings: Settings
  readonly mistakes: readonly SettingsMistake[]
  /** What the settings were put together from, the strongest first; `effectiveSettings()` tells of each setting where it comes from. */
  readonly layers: readonly Layer[]
}

/** How strict to be. */
export interface ResolveHow {
  /** Whether mistakes in the file are told like those in the environment, instead of thrown: for a program that did not ask for clew. */
  readonly forgiving?: boolean
}

/**
 * Code before environment before file before default.
 * @throws SettingsError with all mistakes in the options and in the file
 */
export function resolveSettings(
  options: InitOptions,
  variables: Environment,
  { forgiving = false }: ResolveHow = {},
): ResolvedSettings {
  const wrong: SettingsMistake[] = optionMistakes(options).map(({ path, ...rest }) => ({
    where: `init({ ${path.join('.')} })`,
    ...rest,
  }))
  const said: SettingsMistake[] = []
  const layers = [codeLayer(options), ...environmentLayers(variables, said)]
  const file = readFileLayer(layers, variables)
  const mistakes = { options: forgiving ? said : wrong, environment: said }
  mistakes.options.push(...(file?.mistakes ?? []))
  if (wrong.length > 0) throw new SettingsError(wrong)
  if (file?.layer !== undefined) layers.push(file.layer)
  const resolved = resolveLayers(layers.map(identified), variables, mistakes)
  if (wrong.length > 0) throw new SettingsError(wrong)
  return { ...resolved, mistakes: said }
}

function codeLayer(options: InitOptions): Layer {
  return { origin: 'code', options, place: (path) => `init({ ${path} })`, refused: new Set() }
}

/** The file that the other layers name, or the one by its usual name. */
function readFileLayer(layers: readonly Layer[], variables: Environment): FileLayer | undefined {
  for (const { options, place } of layers) {
    if (options?.config === false) return undefined
    if (typeof options?.config === 'string')
      return readSettingsFile({ name: options.config, where: place('config') }, variables)
  }
  return readSettingsFile(undefined, variables)
}

function resolveLayers(
  layers: readonly Layer[],
  variables: Environment,
  mistakes: MistakeLists,
): Omit<ResolvedSettings, 'mistakes'> {
  const said = mergeLayers(layers)
  const program = findProgramPackage(process.argv[1])
  const all = [...layers, defaultLayer(defaultOptions(said, program))]
  const options = mergeLayers(all) as EffectiveOptions
  const { environment, service, serviceVersion } = options
  const development = environment === 'development'
  const spoolDirectory = join(resolve(options.home), 'spool', spoolDirectoryOf(service))
  const signals = sentSignals(said.otlp)
  const settings: Settings = {
    disabled: options.disabled,
    service,
    environment,
    level: severityOf(options.level),
    componentLevels: mapValues(options.levels, severityOf),
    modules: options.modules,
    volume: options.volume,
    flightRecorder: resolveFlightRecorder(options.flightRecorder),
    console: {
      enabled: options.console.enabled,
      format: options.console.format,
      colour: process.stdout.isTTY && variables['NO_COLOR'] === undefined,
    },
    file: resolveFile(options.file, said.file),
    otlp: resolveOtlp(signals, layers, { development, spoolDirectory, proxy: readProxy(variables) }, mistakes),
    spool: options.spool,
    unsent: signals.length === 0,
    resource: {
      ...detectResource(),
      ...options.resource,
      ...(serviceVersion === undefined ? undefined : { 'service.version': serviceVersion }),
      'service.name': service,
      'deployment.environment.name': environment,
    },
    sampler:
      typeof options.sampler === 'object' ? options.sampler : createSampler(options.sampler, options.samplerRatio),
    slowMillis: options.slowMillis,
    instrumentations: { http: true, websocket: true, redis: true, ...options.instrumentations },
    loggers: resolveLoggers(options.loggers),
    privacy: resolvePrivacy(options.privacy),
    audit: options.audit,
    runtimeMetrics: options.runtimeMetrics,
    metricIntervalMillis: options.metricIntervalMillis,
    shutdownTimeoutMillis: options.shutdownTimeoutMillis,
    logRecordProcessors: options.logRecordProcessors,
    spanProcessors: options.spanProcessors,
    metricReaders: options.metricReaders,
    propagators: options.propagators,
    contextManager: options.contextManager,
    logSampling: options.logSampling,
  }
  return { settings: Object.freeze(settings), layers: all }
}

/** What attributes of the resource say of the service is a setting too. */
function identified(layer: Layer): Layer {
  const {
    resource,
    service = resource?.['service.name'],
    serviceVersion = resource?.['service.version'],
  } = layer.options
  const named = {
    ...(typeof service === 'string' && service !== '' ? { service } : undefined),
    ...(typeof serviceVersion === 'string' && serviceVersion !== '' ? { serviceVersion } : undefined),
  }
  return { ...layer, options: { ...layer.options, ...named } }
}

function severityOf(level: LevelOption): number {
  return parseLevel(level) ?? SEVERITY.INFO
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)])),
  ) as Record<string, R>
}

function resolveFlightRecorder(given: EffectiveOptions['flightRecorder']): FlightRecorderSettings | undefined {
  if (given === false) return undefined
  const { level, ...limits } = given
  return { threshold: severityOf(level), ...limits }
}

/** The name of a service's directory in the spool. */
export function spoolDirectoryOf(service: string): string {
  return service.replace(/[^a-zA-Z0-9._-]/g, '_')
}
