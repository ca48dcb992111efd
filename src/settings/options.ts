import type { ContextManager, Sampler, TextMapPropagator } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { LevelName, LevelSignalName, VolumeRule } from '../logging/index.ts'
import type { PersonalData, PrivacyRule } from '../privacy/index.ts'
import type { LogRecordProcessor, OtelInstrumentation, SpanProcessor } from '../plugins/index.ts'
import type { PropagatorName, SamplerName } from '../tracing/index.ts'
import type { HttpOptions } from './http-options.ts'
import type { DetectorName } from './resource/detector-names.ts'
import type { WebSocketOptions } from './websocket-options.ts'

/** A level, in any case; `warn` and `fatal` are accepted spellings. */
export type LevelOption = LevelName | Lowercase<LevelName> | 'warn' | 'fatal' | 'off'

/** What lines on stdout look like. */
export interface ConsoleOptions {
  /** @default true */
  readonly enabled?: boolean
  /** `human` for people; `json` and `logfmt` for machines. @default LOG_FORMAT, else 'human' in development and 'json' elsewhere */
  readonly format?: 'human' | 'json' | 'logfmt'
}

/** Records as JSON lines in files, which are rotated, compressed and removed. docs/files.md tells of them. */
export interface FileOptions {
  /** @default true in development and where a path is set, false elsewhere */
  readonly enabled?: boolean
  /** The main file, from the working directory at the time of `init()`; the others lie beside it. @default CLEW_LOG_FILE, else 'logs/<service>.jsonl' */
  readonly path?: string
  /** A file becomes a backup before it is larger than this; 0 for never, where something else rotates it. @default 10485760 (10 MiB) */
  readonly maxBytes?: number
  /** Most backups of each file. @default 5 */
  readonly backupCount?: number
  /** Backups are removed when their last line is so many days old. @default LOG_RETENTION_DAYS, else 30 */
  readonly retentionDays?: number
  /** Components that have a file of their own as well, in any case; `*` stands for any characters: `['orders', 'payments.*']`. @default none */
  readonly modules?: readonly string[]
}

/** How OTLP travels. @see https://opentelemetry.io/docs/specs/otlp/ */
export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc'

/** How one signal is sent, where that differs from the others. Each is also set by the variable of its name: `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT` and so on. */
export interface OtlpSignalOptions {
  /** The whole URL: no path is added. */
  readonly endpoint?: string
  /** @default 'http/protobuf' */
  readonly protocol?: OtlpProtocol
  /** Sent with each request; as metadata with gRPC. A signal's own header wins over the common one of its name. */
  readonly headers?: Readonly<Record<string, string>>
  /** `zstd` is for HTTP only. @default 'gzip' */
  readonly compression?: 'gzip' | 'zstd' | 'none'
  /** Longest time for one request with its answer, in milliseconds; 0 for no limit. @default 10000 */
  readonly timeoutMillis?: number
  /** Certificates to trust instead of Node's: the path of a PEM file, or PEM text. */
  readonly certificate?: string
  /** The key of `clientCertificate`, without a pass phrase: the path of a PEM file, or PEM text. */
  readonly clientKey?: string
  /** Shown to a receiver that asks who calls: the path of a PEM file, or PEM text. Needs `clientKey`. */
  readonly clientCertificate?: string
  /** Whether gRPC to an endpoint without a scheme goes without TLS. @default false */
  readonly insecure?: boolean
}

/** Where and how telemetry goes by OTLP. Each is also set by its OTEL_EXPORTER_OTLP_* variable. */
export interface OtlpOptions extends OtlpSignalOptions {
  /**
   * Base URL; with HTTP, `/v1/logs`, `/v1/traces` and `/v1/metrics` are added. With gRPC also `host:port` (over TLS) and other targets of gRPC such as `unix:/path`.
   * @default 'http://127.0.0.1:4318' in development (port 4317 with gRPC), none in production
   */
  readonly endpoint?: string
  /** How records are sent; `false` sends none. OTEL_LOGS_EXPORTER=none does the same. */
  readonly logs?: OtlpSignalOptions | boolean
  /** How spans are sent; `false` sends none. OTEL_TRACES_EXPORTER=none does the same. */
  readonly traces?: OtlpSignalOptions | boolean
  /** How metrics are sent; `false` sends none. OTEL_METRICS_EXPORTER=none does the same. */
  readonly metrics?: OtlpSignalOptions | boolean
}

/** What is hidden beside secrets, which always are. docs/privacy.md tells of each rule. */
export interface PrivacyOptions {
  /** Rules for fields by name, in any case; `*` stands for any characters: `{ 'user.name': 'hash', 'customer.*': 'remove' }`. */
  readonly keys?: Readonly<Record<string, PrivacyRule>>
  /** Rules for what regular expressions find in any text. They run on every string: keep them simple. */
  readonly patterns?: readonly PrivacyPattern[]
  /** Personal data that is found in any text: a list to mask it, or a rule for each. @default none */
  readonly personalData?: readonly PersonalData[] | Readonly<Partial<Record<PersonalData, PrivacyRule>>>
  /** Whether long prompts, responses and transcripts become their length and a short excerpt. @default true */
  readonly contents?: boolean
  /** Names of fields in which personal data stays. The very name of a field that is taken for a secret lifts that too. @default ['user.email', 'client.address'] */
  readonly exempt?: readonly string[]
  /** The key of `hash`, 16 characters or more: with the same one, equal values have equal hashes in all processes. @default CLEW_PRIVACY_KEY, else random in each process */
  readonly hashKey?: string
}

/** A rule for what a regular expression finds. */
export interface PrivacyPattern {
  /** As text, it is the source of a regular expression. */
  readonly pattern: RegExp | string
  /** Is shown in the mask: `[REDACTED name]`. */
  readonly name?: string
  /** @default 'mask' */
  readonly action?: PrivacyRule
}

/** What waits on disk until it is delivered. */
export interface SpoolOptions {
  /** Most bytes in the directory of the service, for all its processes together. @default 536870912 (512 MiB) */
  readonly maxBytes?: number
  /** What was written longer ago is given up, in milliseconds; audit never is. @default 86400000 (a day) */
  readonly maxAgeMillis?: number
  /** Longest time that an entry waits in memory before it is written, in milliseconds; ERROR and above never wait. @default 50 */
  readonly writeDelayMillis?: number
}

/** What changes levels from outside the program while it runs. */
export interface LevelControlOptions {
  /**
   * A file with levels, such as `info,orders=debug for 10m where user.id=42`: they hold as long as it says so. It may come, change and go at any time.
   * @default CLEW_LEVEL_FILE, else none
   */
  readonly file?: string
  /** A signal that brings DEBUG for a while; the next one takes it back. Not on Windows, nor in worker threads. @default CLEW_LEVEL_SIGNAL, else none */
  readonly signal?: LevelSignalName
  /** How long that while is, in milliseconds. @default 600000 (ten minutes) */
  readonly signalMillis?: number
}

/** How much the flight recorder keeps. */
export interface FlightRecorderOptions {
  /** The least severe level that is kept. @default 'DEBUG' */
  readonly level?: LevelOption
  /** Most records of one trace. @default 100 */
  readonly maxRecords?: number
  /** Most traces at a time. @default 1000 */
  readonly maxTraces?: number
  /** Most bytes of all together. @default 16777216 */
  readonly maxBytes?: number
}

/** The value of an attribute of the resource. */
export type ResourceValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[]

/** How much one span keeps; what is more is counted. */
export interface SpanLimitOptions {
  /** @default 128 */
  readonly attributes?: number
  /** @default 128 */
  readonly events?: number
  /** @default 128 */
  readonly links?: number
}

/** `true` takes a logger's records and leaves its lines as they are; `'replace'` silences it, and clew's outputs say them in its place; `false` leaves it alone. */
export type LoggerOption = boolean | 'replace'

/** The loggers that a program has beside clew's. Each is also set by CLEW_LOGGERS. */
export interface LoggersOptions {
  /** @default false; true under `clew dev` */
  readonly console?: LoggerOption
  /** @default true */
  readonly pino?: LoggerOption
  /** @default true */
  readonly winston?: LoggerOption
  /** @default true */
  readonly bunyan?: LoggerOption
  /** Whether `trace_id`, `span_id` and `trace_flags` are added to the lines of pino, winston and bunyan that are said inside a span. @default true */
  readonly traceIds?: boolean
}

/** When failures of one user, or from one address, are called suspicious. */
export interface SuspiciousOptions {
  /** @default 5 */
  readonly failuresPerUser?: number
  /** Many users may share an address. @default 20 */
  readonly failuresPerAddress?: number
  /** @default 900000 (15 minutes) */
  readonly windowMillis?: number
}

/** The audit channel. */
export interface AuditOptions {
  /** What a call does whose record can't be written where it outlives the process: throws an AuditError, or notes it on stderr; it answers `false` either way. @default 'note' */
  readonly onFailure?: 'throw' | 'note'
  /** When SUSPICIOUS_ACTIVITY is raised by itself: by failed logins, denied permissions and access without a login. `false` for never. */
  readonly suspicious?: SuspiciousOptions | false
}

/** The table of records in a database. */
export interface DatabaseOptions {
  /** @default true, where anything else is said of the database */
  readonly enabled?: boolean
  /** `sqlite:<path>`, or `postgres://…` with the package `pg`. @default CLEW_DATABASE_URL, else 'sqlite:<home>/audit.db' */
  readonly url?: string
  /** A plain name. @default 'audit_logs' */
  readonly table?: string
  /** The least severe level that is written; audit records always are. @default 'INFO' */
  readonly level?: LevelOption
  /** The key of the hash chain, 16 characters or more. @default CLEW_AUDIT_KEY, else the file `<home>/audit.key`, which is made */
  readonly key?: string
}

/** How Redis commands and connections are told. docs/redis.md tells more. */
export interface RedisOptions {
  /** From this duration on, in milliseconds, a command that does not wait by design is called slow. @default 100 */
  readonly slowMillis?: number
  /** Whether entries that are added to a stream carry their trace, in a field `traceparent` of their own. @default false */
  readonly streamContext?: boolean
  /** Commands that are not told of at all, in any case: `['PING']`. @default none */
  readonly ignoreCommands?: readonly string[]
  /** Whether commands get a span only inside of another one. @default false */
  readonly requireParent?: boolean
}

/** What `init()` takes; all of it is optional. Code wins over environment variables, those over the file of settings, that over defaults. */
export interface InitOptions {
  /** The file of settings, from the working directory; `false` reads none. @default CLEW_CONFIG, else config.yaml or config.yml with a `logging:` section, where there is one */
  readonly config?: string | false
  /** `true` keeps clew quiet: nothing is recorded, written or sent. @default OTEL_SDK_DISABLED, else false */
  readonly disabled?: boolean
  /** The service's name. @default OTEL_SERVICE_NAME, else the name in package.json */
  readonly service?: string
  /** @default the version in package.json */
  readonly serviceVersion?: string
  /** @default ENVIRONMENT, else NODE_ENV, else 'development' */
  readonly environment?: string
  /** The least severe level that is kept. @default LOG_LEVEL, else 'DEBUG' in development and 'INFO' elsewhere */
  readonly level?: LevelOption
  /** Levels of components, which win over `level`; `*` stands for any characters: `{ orders: 'debug', 'http.*': 'warn' }`. @default those in LOG_LEVEL */
  readonly levels?: Readonly<Record<string, LevelOption>>
  /** Components that are on, in any case; `*` stands for any characters. All others are off, save ERROR and above. @default LOG_MODULES_ENABLED, else all */
  readonly modules?: readonly string[]
  readonly levelControl?: LevelControlOptions
  readonly console?: ConsoleOptions
  readonly file?: FileOptions
  /** `false` sends nothing. */
  readonly otlp?: OtlpOptions | false
  readonly spool?: SpoolOptions
  /** Attributes of the resource, beside those that are found out. */
  readonly resource?: Readonly<Record<string, ResourceValue>>
  /** What finds out about the machine, the container and the process; without `env`, OTEL_RESOURCE_ATTRIBUTES does not count. @default OTEL_NODE_RESOURCE_DETECTORS, else all */
  readonly resourceDetectors?: readonly DetectorName[]
  readonly privacy?: PrivacyOptions
  readonly audit?: AuditOptions
  /** Writes records into a table, each a link of a chain that `clew verify` follows. @default CLEW_DATABASE_URL, else false */
  readonly database?: boolean | DatabaseOptions
  /** How much of what components say is kept: shares, rates, repeats. What is left out is counted in a record of its own, every 10 seconds. @default all of it */
  readonly volume?: readonly VolumeRule[]
  /** Keeps records below their level, for each trace its last ones, and brings them out when the trace fails. @default false */
  readonly flightRecorder?: boolean | FlightRecorderOptions
  /** From this duration on, in milliseconds, an operation or a request is called slow. @default 1000 */
  readonly slowMillis?: number
  /** How often metrics are collected and sent, in milliseconds, 100 or more. @default OTEL_METRIC_EXPORT_INTERVAL, else 60000 */
  readonly metricIntervalMillis?: number
  /** Where clew keeps its state. @default CLEW_HOME, else '.clew' */
  readonly home?: string
  /** Requests that this process answers and makes. @default true */
  readonly http?: boolean | HttpOptions
  /** WebSocket sessions. @default true */
  readonly websocket?: boolean | WebSocketOptions
  /** Redis commands and connections. @default true */
  readonly redis?: boolean | RedisOptions
  /** The program's other loggers: whether their records are taken, and whether clew's lines stand in place of theirs. docs/existing-loggers.md tells more. */
  readonly loggers?: LoggersOptions
  /** Whether STARTUP, SHUTDOWN and STOPPED are said by themselves, as component `system`. @default CLEW_LIFECYCLE, else true */
  readonly lifecycle?: boolean
  /** Whether processor, memory, event loop and garbage collection are told in metrics, where metrics are sent. @default true */
  readonly runtimeMetrics?: boolean
  /** Longest time that `shutdown()` takes, in milliseconds. @default 5000 */
  readonly shutdownTimeoutMillis?: number
  /** Processors of `@opentelemetry/sdk-logs`, or one's own: each may change a record before clew's outputs get it. They never see a secret. */
  readonly logRecordProcessors?: readonly LogRecordProcessor[]
  /** Processors of `@opentelemetry/sdk-trace`, or one's own. They never see a secret. */
  readonly spanProcessors?: readonly SpanProcessor[]
  /** Readers of `@opentelemetry/sdk-metrics`, beside clew's own. */
  readonly metricReaders?: readonly IMetricReader[]
  /**
   * OpenTelemetry instrumentations, put to work beside clew's own: themselves, or by name; `'auto'` stands for `@opentelemetry/auto-instrumentations-node`. Those that clew has itself are left out, so that nothing is told
   * twice. @default CLEW_INSTRUMENTATIONS, else none
   */
  readonly instrumentations?: readonly (string | OtelInstrumentation | readonly OtelInstrumentation[])[]
  /** Which traces are recorded: a standard sampler by its name, or any other. @default OTEL_TRACES_SAMPLER, else 'parentbased_always_on' */
  readonly sampler?: SamplerName | Sampler
  /** The share of traces that a sampler with `traceidratio` in its name keeps, 0 to 1. @default OTEL_TRACES_SAMPLER_ARG, else 1 */
  readonly samplerRatio?: number
  /** How traces and baggage travel between processes, in this order: standard formats by name, or any other. @default OTEL_PROPAGATORS, else ['tracecontext', 'baggage'] */
  readonly propagators?: readonly (PropagatorName | TextMapPropagator)[]
  readonly spanLimits?: SpanLimitOptions
  /** Keeps the running code's context instead of clew's own. */
  readonly contextManager?: ContextManager
  /** `trace` leaves out the records of traces that are not sampled. @default 'all' */
  readonly logSampling?: 'all' | 'trace'
}
