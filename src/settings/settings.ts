import type { ContextManager, Sampler, TextMapPropagator } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { join, resolve } from 'node:path'
import type { AuditFailure, FailureWatchSettings } from '../audit/index.ts'
import { parseLevel, SEVERITY, type FlightRecorderSettings, type VolumeRule } from '../logging/index.ts'
import type { PrivacySettings } from '../privacy/index.ts'
import type { LogRecordProcessor, SpanProcessor } from '../plugins/index.ts'
import { createSampler, type PropagatorName } from '../tracing/index.ts'
import { fileNameOf } from '../values/index.ts'
import { readEnvironment, type Environment, type EnvironmentSettings } from './environment.ts'
import { resolveFile, type FileSettings } from './file-settings.ts'
import type { AuditOptions, FlightRecorderOptions, InitOptions } from './options.ts'
import { SIGNALS } from './otlp-environment.ts'
import { resolveOtlp, type OtlpSettings } from './otlp-settings.ts'
import { resolvePrivacy } from './privacy.ts'
import { detectResource, findProgramPackage } from './resource.ts'
import { optionMistakes } from './schema.ts'
import { SettingsError, type SettingsMistake } from './settings-error.ts'

/** The bounds of what waits on disk. */
export interface SpoolSettings {
  readonly maxBytes: number
  readonly maxAgeMillis: number
  readonly writeDelayMillis: number
}

export const DEFAULT_SPOOL: SpoolSettings = Object.freeze({
  maxBytes: 512 * 1_048_576,
  maxAgeMillis: 24 * 3_600_000,
  writeDelayMillis: 50,
})

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

/** Settings, and what in the environment could not be read and was left at its default. */
export interface ResolvedSettings {
  readonly settings: Settings
  readonly mistakes: readonly SettingsMistake[]
}

/**
 * Code before environment before default.
 * @throws SettingsError with all mistakes in the options
 */
export function resolveSettings(options: InitOptions, variables: Environment): ResolvedSettings {
  const wrong = optionMistakes(options)
  if (wrong.length > 0) throw new SettingsError(wrong)
  const mistakes: SettingsMistake[] = []
  const env = readEnvironment(variables, mistakes)
  const environment = options.environment ?? env.environment ?? 'development'
  const development = environment === 'development'
  const program = findProgramPackage(process.argv[1])
  const service =
    options.service ?? env.service ?? env.resource['service.name'] ?? program.name ?? 'unknown_service:node'
  const home = resolve(options.home ?? env.home ?? '.clew')
  const spoolDirectory = join(home, 'spool', spoolDirectoryOf(service))
  const version = options.serviceVersion ?? program.version
  const settings: Settings = {
    disabled: env.disabled,
    service,
    environment,
    level:
      (options.level === undefined ? undefined : parseLevel(options.level)) ??
      env.level ??
      (development ? SEVERITY.DEBUG : SEVERITY.INFO),
    componentLevels: env.componentLevels,
    modules: env.modules,
    volume: options.volume ?? [],
    flightRecorder: resolveFlightRecorder(options.flightRecorder ?? false),
    console: {
      enabled: options.console?.enabled ?? true,
      format: options.console?.format ?? (development ? 'human' : 'json'),
      colour: process.stdout.isTTY && variables['NO_COLOR'] === undefined,
    },
    file: resolveFile({ ...env.file, ...options.file }, { name: `${fileNameOf(service)}.jsonl`, enabled: development }),
    otlp:
      options.otlp === false
        ? undefined
        : resolveOtlp(
            options.otlp ?? {},
            env,
            { development, spoolDirectory },
            { options: wrong, environment: mistakes },
          ),
    spool: {
      maxBytes: options.spool?.maxBytes ?? DEFAULT_SPOOL.maxBytes,
      maxAgeMillis: options.spool?.maxAgeMillis ?? DEFAULT_SPOOL.maxAgeMillis,
      writeDelayMillis: options.spool?.writeDelayMillis ?? DEFAULT_SPOOL.writeDelayMillis,
    },
    unsent: options.otlp === false || env.unsent.size === SIGNALS.length,
    resource: {
      ...detectResource(),
      ...(version === undefined ? undefined : { 'service.version': version }),
      ...env.resource,
      ...options.resource,
      'service.name': service,
      'deployment.environment.name': environment,
    },
    sampler: resolveSampler(options, env),
    slowMillis: options.slowMillis ?? 1_000,
    instrumentations: { http: true, websocket: true, redis: true, ...options.instrumentations },
    privacy: resolvePrivacy(options.privacy, env.privacyKey),
    audit: resolveAudit(options.audit),
    runtimeMetrics: options.runtimeMetrics ?? true,
    metricIntervalMillis: env.metricIntervalMillis ?? 60_000,
    shutdownTimeoutMillis: options.shutdownTimeoutMillis ?? 5_000,
    logRecordProcessors: options.logRecordProcessors ?? [],
    spanProcessors: options.spanProcessors ?? [],
    metricReaders: options.metricReaders ?? [],
    propagators: options.propagators ?? env.propagators ?? ['tracecontext', 'baggage'],
    contextManager: options.contextManager,
    logSampling: options.logSampling ?? 'all',
  }
  if (wrong.length > 0) throw new SettingsError(wrong)
  return { settings: Object.freeze(settings), mistakes }
}

function resolveFlightRecorder(given: boolean | FlightRecorderOptions): FlightRecorderSettings | undefined {
  if (given === false) return undefined
  const { level = 'DEBUG', maxRecords = 100, maxTraces = 1_000, maxBytes = 16_777_216 } = given === true ? {} : given
  return { threshold: parseLevel(level) ?? SEVERITY.DEBUG, maxRecords, maxTraces, maxBytes }
}

function resolveAudit({ onFailure = 'note', suspicious = {} }: AuditOptions = {}): AuditSettings {
  const {
    failuresPerUser = 5,
    failuresPerAddress = 20,
    windowMillis = 900_000,
  } = suspicious === false ? {} : suspicious
  return { onFailure, suspicious: suspicious !== false && { failuresPerUser, failuresPerAddress, windowMillis } }
}

function resolveSampler({ sampler, samplerRatio }: InitOptions, env: EnvironmentSettings): Sampler {
  if (typeof sampler === 'object') return sampler
  return createSampler(sampler ?? env.sampler ?? 'parentbased_always_on', samplerRatio ?? env.samplerRatio ?? 1)
}

/** The name of a service's directory in the spool. */
export function spoolDirectoryOf(service: string): string {
  return service.replace(/[^a-zA-Z0-9._-]/g, '_')
}
