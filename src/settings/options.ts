import type { LevelName } from '../logging/index.ts'

/** A level, in any case; `warn` and `fatal` are accepted spellings. */
export type LevelOption = LevelName | Lowercase<LevelName> | 'warn' | 'fatal' | 'off'

/** What lines on stdout look like. */
export interface ConsoleOptions {
  /** @default true */
  readonly enabled?: boolean
  /** `human` for people, `json` for machines. @default 'human' in development, 'json' elsewhere */
  readonly format?: 'human' | 'json'
}

/** Where telemetry goes by OTLP over HTTP. Each is also set by its OTEL_EXPORTER_OTLP_* variable. */
export interface OtlpOptions {
  /** Base URL; `/v1/logs`, `/v1/traces` and `/v1/metrics` are added. @default 'http://127.0.0.1:4318' in development, none in production */
  readonly endpoint?: string
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** @default 'gzip' */
  readonly compression?: 'gzip' | 'none'
  /** Longest time for one request, in milliseconds. @default 10000 */
  readonly timeoutMillis?: number
}

/** What `init()` takes; all of it is optional. Code wins over environment variables, those over defaults. */
export interface InitOptions {
  /** The service's name. @default OTEL_SERVICE_NAME, else the name in package.json */
  readonly service?: string
  /** @default the version in package.json */
  readonly serviceVersion?: string
  /** @default ENVIRONMENT, else NODE_ENV, else 'development' */
  readonly environment?: string
  /** The least severe level that is kept. @default LOG_LEVEL, else 'DEBUG' in development and 'INFO' elsewhere */
  readonly level?: LevelOption
  readonly console?: ConsoleOptions
  /** `false` sends nothing. */
  readonly otlp?: OtlpOptions | false
  /** Attributes of the resource, beside those that are found out. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>
  /** From this duration on, in milliseconds, an operation or a request is called slow. @default 1000 */
  readonly slowMillis?: number
  /** Where clew keeps its state. @default CLEW_HOME, else '.clew' */
  readonly home?: string
  /** Libraries to leave alone. */
  readonly instrumentations?: { readonly http?: boolean; readonly websocket?: boolean; readonly redis?: boolean }
  /** Longest time that `shutdown()` takes, in milliseconds. @default 5000 */
  readonly shutdownTimeoutMillis?: number
}
