import type { ContextManager, Sampler, TextMapPropagator } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { join, resolve } from 'node:path'
import type { AuditFailure, FailureWatchSettings } from '../audit/index.ts'
import {
  parseLevel,
  SEVERITY,
  type FlightRecorderSettings,
  type LevelControlSettings,
  type VolumeRule,
} from '../logging/index.ts'
import type { PrivacySettings } from '../privacy/index.ts'
import type { LogRecordProcessor, OtelInstrumentation, SpanProcessor } from '../plugins/index.ts'
import { createSampler, type PropagatorName, type SpanLimits } from '../tracing/index.ts'
import { defaultLayer, defaultOptions, type EffectiveOptions, type SpoolSettings } from './defaults.ts'
import { readColour, type Environment } from './environment.ts'
import { resolveFile, type FileSettings } from './file-settings.ts'
import type { HttpSettings } from './http-settings.ts'
import { mergeLayers, type Layer } from './layers.ts'
import { resolveLoggers, type LoggersSettings } from './loggers.ts'
import type { InitOptions, LevelOption, RedisOptions, ResourceValue } from './options.ts'
import { readProxy } from './otlp-environment.ts'
import { resolveDatabase, type DatabaseSettings } from './database.ts'
import { resolveOtlp, sentSignals, type OtlpSettings } from './otlp-settings.ts'
import type { MistakeLists } from './otlp-sources.ts'
import { resolvePrivacy } from './privacy.ts'
import { detectedLayers, resolveResource } from './resource/resolve-resource.ts'
import { findProgramPackage } from './resource/program-package.ts'
import type { FileLayer } from './file/file-layer.ts'
import { optionMistakes } from './option-mistakes.ts'
import type { ConsoleFormat } from './schema.ts'
import { SettingsError, type SettingsMistake } from './settings-error.ts'
import { readSettingsFile } from './settings-file.ts'
import { surroundingLayers } from './surroundings.ts'
import { resolveWebSocket, type WebSocketSettings } from './websocket.ts'

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
  readonly levelControl: LevelControlSettings
  readonly volume: readonly VolumeRule[]
  readonly flightRecorder: FlightRecorderSettings | undefined
  readonly console: { readonly enabled: boolean; readonly format: ConsoleFormat; readonly colour: boolean }
  /** Undefined when nothing is written to files. */
  readonly file: FileSettings | undefined
  readonly otlp: OtlpSettings | undefined
  /** Where clew keeps its state: an absolute path. */
  readonly home: string
  readonly spool: SpoolSettings
  /** Whether it was asked for that nothing is sent, rather than nothing said of where to. */
  readonly unsent: boolean
  readonly resource: Readonly<Record<string, ResourceValue>>
  readonly sampler: Sampler
  readonly slowMillis: number
  /** False when it is left alone. */
  readonly http: false | HttpSettings
  readonly websocket: WebSocketSettings
  readonly redis: false | Required<RedisOptions>
  readonly loggers: LoggersSettings
  readonly privacy: PrivacySettings
  readonly audit: AuditSettings
  readonly database: DatabaseSettings | undefined
  readonly metricIntervalMillis: number
  readonly lifecycle: boolean
  readonly runtimeMetrics: boolean
  readonly shutdownTimeoutMillis: number
  readonly logRecordProcessors: readonly LogRecordProcessor[]
  readonly spanProcessors: readonly SpanProcessor[]
  readonly metricReaders: readonly IMetricReader[]
  /** Themselves, or by name. */
  readonly instrumentations: readonly (string | OtelInstrumentation)[]
  readonly propagators: readonly (PropagatorName | TextMapPropagator)[]
  readonly spanLimits: SpanLimits
  readonly contextManager: ContextManager | undefined
  readonly logSampling: 'all' | 'trace'
  /** Whether Node was told that a rejection nobody handles does not end the process. */
  readonly rejectionsPass: boolean
}

/** Settings, and what could not be read and was left at its default. */
export interface ResolvedSettings {
  readonly settings: Settings
  readonly mistakes: readonly SettingsMistake[]
  /** What the declarative file asks for and does not get, as one message; undefined when there is nothing. */
  readonly leftOut: string | undefined
  /** What the settings were put together from, the strongest first; `effectiveSettings()` tells of each setting where it comes from. */
  readonly layers: readonly Layer[]
}

/** How strict to be, and of which program. */
export interface ResolveHow {
  /** Whether mistakes in files are told like those in the environment, instead of thrown: for a program that did not ask for clew. */
  readonly forgiving?: boolean
  /** The program's main file; what its package.json says is the default of some settings. @default process.argv[1] */
  readonly mainFile?: string
}

/**
 * Code before environment before file before default.
 * @throws SettingsError with all mistakes in the options and in files
 */
export function resolveSettings(
  options: InitOptions,
  variables: Environment,
  { forgiving = false, mainFile = process.argv[1] }: ResolveHow = {},
): ResolvedSettings {
  const wrong: SettingsMistake[] = optionMistakes(options).map(({ path, ...rest }) => ({
    where: `init({ ${path.join('.')} })`,
    ...rest,
  }))
  const said: SettingsMistake[] = []
  const mistakes = { options: forgiving ? said : wrong, environment: said }
  const { layers: surrounding, leftOut } = surroundingLayers(variables, mistakes)
  const layers = [codeLayer(options), ...surrounding]
  const file = readFileLayer(layers, variables)
  mistakes.options.push(...(file?.mistakes ?? []))
  if (wrong.length > 0) throw new SettingsError(wrong)
  if (file?.layer !== undefined) layers.push(file.layer)
  const resolved = resolveLayers(detectedLayers(layers).map(identified), { variables, mainFile }, mistakes)
  if (wrong.length > 0) throw new SettingsError(wrong)
  return { ...resolved, mistakes: said, leftOut }
}

interface ProgramSurroundings {
  readonly variables: Environment
  readonly mainFile: string | undefined
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
  { variables, mainFile }: ProgramSurroundings,
  mistakes: MistakeLists,
): Omit<ResolvedSettings, 'mistakes' | 'leftOut'> {
  const said = mergeLayers(layers)
  const program = findProgramPackage(mainFile)
  const all = [...layers, defaultLayer(defaultOptions(said, program))]
  const options = mergeLayers(all) as EffectiveOptions
  const { environment, service } = options
  const development = environment === 'development'
  const home = resolve(options.home)
  const spoolDirectory = join(home, 'spool', spoolDirectoryOf(service))
  const signals = sentSignals(said.otlp)
  const settings: Settings = {
    disabled: options.disabled,
    service,
    environment,
    level: severityOf(options.level),
    componentLevels: mapValues(options.levels, severityOf),
    modules: options.modules,
    levelControl: resolveLevelControl(options),
    volume: options.volume,
    flightRecorder: resolveFlightRecorder(options.flightRecorder),
    console: {
      enabled: options.console.enabled,
      format: options.console.format,
      colour: readColour(variables, process.stdout.isTTY),
    },
    file: resolveFile(options.file, said.file),
    otlp: resolveOtlp(signals, layers, { development, spoolDirectory, proxy: readProxy(variables) }, mistakes),
    home,
    spool: options.spool,
    unsent: signals.length === 0,
    resource: resolveResource(options, layers, variables),
    sampler:
      typeof options.sampler === 'object' ? options.sampler : createSampler(options.sampler, options.samplerRatio),
    slowMillis: options.slowMillis,
    http: options.http,
    websocket: resolveWebSocket(options.websocket),
    redis: options.redis,
    loggers: resolveLoggers(options.loggers),
    privacy: resolvePrivacy(options.privacy),
    audit: options.audit,
    database: resolveDatabase(options.database, home, `${spoolDirectory}-database`),
    lifecycle: options.lifecycle,
    runtimeMetrics: options.runtimeMetrics,
    metricIntervalMillis: options.metricIntervalMillis,
    shutdownTimeoutMillis: options.shutdownTimeoutMillis,
    logRecordProcessors: options.logRecordProcessors,
    spanProcessors: options.spanProcessors,
    metricReaders: options.metricReaders,
    instrumentations: options.instrumentations.flat(),
    propagators: options.propagators,
    spanLimits: options.spanLimits,
    contextManager: options.contextManager,
    logSampling: options.logSampling,
    rejectionsPass: doRejectionsPass(`${variables['NODE_OPTIONS'] ?? ''} ${process.execArgv.join(' ')}`),
  }
  return { settings: Object.freeze(settings), layers: all }
}

/** What attributes of the resource say of the service is a setting too. */
function identified(layer: Layer): Layer {
  const {
    resource,
    service = resource?.['service.name'],
    serviceVersion = resource?.['service.version'],
    environment = resource?.['deployment.environment.name'],
  } = layer.options
  const named = {
    ...(typeof service === 'string' && service !== '' ? { service } : undefined),
    ...(typeof serviceVersion === 'string' && serviceVersion !== '' ? { serviceVersion } : undefined),
    ...(typeof environment === 'string' && environment !== '' ? { environment } : undefined),
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

/** @param nodeOptions of which the last counts */
function doRejectionsPass(nodeOptions: string): boolean {
  const mode = [...nodeOptions.matchAll(/--unhandled[-_]rejections[= ](\S+)/g)].at(-1)?.[1]
  return mode === 'warn' || mode === 'none'
}

function resolveLevelControl({ disabled, levelControl }: EffectiveOptions): LevelControlSettings {
  const { file, signal, signalMillis } = levelControl
  if (disabled) return { file: undefined, signal: undefined, signalMillis }
  return { file: file === undefined ? undefined : resolve(file), signal, signalMillis }
}

/** The name of a service's directory in the spool: one of its own, whatever the service is called. */
export function spoolDirectoryOf(service: string): string {
  return service.replace(/[^a-zA-Z0-9._-]/g, '_').replace(/^\.+$/, (dots) => '_'.repeat(dots.length))
}
