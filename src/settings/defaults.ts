import { join } from 'node:path'
import { DEFAULT_PRIVACY } from '../privacy/index.ts'
import { DEFAULT_SPAN_LIMITS, type SpanLimits } from '../tracing/index.ts'
import { fileNameOf } from '../values/index.ts'
import { defaultHttp, type HttpSettings } from './http-settings.ts'
import type { Layer } from './layers.ts'
import { DEFAULT_LOGGERS } from './loggers.ts'
import type {
  ConsoleOptions,
  DatabaseOptions,
  FileOptions,
  FlightRecorderOptions,
  InitOptions,
  LevelControlOptions,
  LoggersOptions,
  OtlpOptions,
  OtlpProtocol,
  PrivacyOptions,
  RedisOptions,
  SuspiciousOptions,
} from './options.ts'
import { DETECTOR_NAMES } from './resource/detector-names.ts'
import type { ProgramPackage } from './resource/program-package.ts'
import { DEFAULT_WEBSOCKET } from './websocket.ts'

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

export const DEFAULT_OTLP = Object.freeze({
  protocol: 'http/protobuf',
  headers: {},
  compression: 'gzip',
  timeoutMillis: 10_000,
  insecure: false,
} as const)

const FLIGHT_RECORDER: Required<FlightRecorderOptions> = Object.freeze({
  level: 'DEBUG',
  maxRecords: 100,
  maxTraces: 1_000,
  maxBytes: 16_777_216,
})

const REDIS: Required<RedisOptions> = Object.freeze({
  slowMillis: 100,
  streamContext: false,
  ignoreCommands: [],
  requireParent: false,
})

const DATABASE = Object.freeze({ enabled: true, table: 'audit_logs', level: 'INFO' } as const)

const SUSPICIOUS: Required<SuspiciousOptions> = Object.freeze({
  failuresPerUser: 5,
  failuresPerAddress: 20,
  windowMillis: 900_000,
})

/** Where the embedded server listens when it is not told otherwise. */
export function embeddedServer(protocol: OtlpProtocol): string {
  return protocol === 'grpc' ? 'http://127.0.0.1:4317' : 'http://127.0.0.1:4318'
}

/** Options that have a default, with all their parts. */
type Defaulted = Required<Omit<InitOptions, 'config' | 'serviceVersion' | 'contextManager'>>
export interface DefaultOptions extends Defaulted {
  readonly serviceVersion?: string
  readonly console: Required<ConsoleOptions>
  readonly file: Required<FileOptions>
  readonly spool: SpoolSettings
  readonly spanLimits: SpanLimits
  readonly loggers: Required<LoggersOptions>
  readonly privacy: PrivacyOptions
  readonly audit: { readonly onFailure: 'throw' | 'note'; readonly suspicious: false | Required<SuspiciousOptions> }
  readonly database: false | (DatabaseOptions & typeof DATABASE)
  readonly http: false | HttpSettings
  readonly levelControl: LevelControlOptions & { readonly signalMillis: number }
  readonly flightRecorder: false | Required<FlightRecorderOptions>
  readonly redis: false | Required<RedisOptions>
}

/** All that layers say and the defaults, together. */
export type EffectiveOptions = Omit<InitOptions, keyof DefaultOptions> & DefaultOptions

/** What holds where nobody says anything, of a program with this package.json. */
export function defaultOptions(given: InitOptions, program: ProgramPackage): DefaultOptions {
  const development = (given.environment ?? 'development') === 'development'
  const service = program.name ?? 'unknown_service:node'
  return {
    disabled: false,
    service,
    ...(program.version === undefined ? undefined : { serviceVersion: program.version }),
    environment: 'development',
    level: development ? 'DEBUG' : 'INFO',
    levels: {},
    modules: [],
    console: { enabled: true, format: development ? 'human' : 'json' },
    file: defaultFile(given, given.service ?? service, development),
    otlp: defaultOtlp(given.otlp, development),
    spool: DEFAULT_SPOOL,
    resource: {},
    resourceDetectors: DETECTOR_NAMES,
    privacy: {
      keys: DEFAULT_PRIVACY.keys,
      patterns: [],
      personalData: [],
      contents: DEFAULT_PRIVACY.contents,
      exempt: DEFAULT_PRIVACY.exempt,
    },
    audit: {
      onFailure: 'note',
      suspicious: given.audit?.suspicious === false ? false : SUSPICIOUS,
    },
    database: given.database ? DATABASE : false,
    levelControl: { signalMillis: 600_000 },
    volume: [],
    flightRecorder: given.flightRecorder ? FLIGHT_RECORDER : false,
    slowMillis: 1_000,
    metricIntervalMillis: 60_000,
    home: '.clew',
    lifecycle: true,
    runtimeMetrics: true,
    http: defaultHttp(given),
    websocket: given.websocket === false ? false : DEFAULT_WEBSOCKET,
    redis: given.redis === false ? false : REDIS,
    loggers: DEFAULT_LOGGERS,
    shutdownTimeoutMillis: 5_000,
    logRecordProcessors: [],
    spanProcessors: [],
    metricReaders: [],
    instrumentations: [],
    sampler: 'parentbased_always_on',
    samplerRatio: 1,
    propagators: ['tracecontext', 'baggage'],
    spanLimits: DEFAULT_SPAN_LIMITS,
    logSampling: 'all',
  }
}

function defaultFile({ file }: InitOptions, service: string, development: boolean): Required<FileOptions> {
  return {
    enabled: development || file?.path !== undefined,
    path: join('logs', `${fileNameOf(service)}.jsonl`),
    maxBytes: 10_485_760,
    backupCount: 5,
    retentionDays: 30,
    modules: [],
  }
}

function defaultOtlp(given: InitOptions['otlp'], development: boolean): OtlpOptions {
  const protocol = (typeof given === 'object' ? given.protocol : undefined) ?? DEFAULT_OTLP.protocol
  return { ...DEFAULT_OTLP, ...(development ? { endpoint: embeddedServer(protocol) } : undefined) }
}

/** The weakest of all layers. */
export function defaultLayer(options: InitOptions): Layer {
  return { origin: 'default', options, place: (path) => `the default of ${path}`, weak: true, refused: new Set() }
}
