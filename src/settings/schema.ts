import * as v from 'valibot'
import { LEVEL_SIGNALS, LEVELS, parseLevel } from '../logging/index.ts'
import { PROPAGATOR_NAMES, SAMPLER_NAMES, SAMPLERS_ALLOWED } from '../tracing/index.ts'
import { isHeader } from './header.ts'
import { http } from './http-schema.ts'
import { HASH_KEY_ALLOWED, isHashKey } from './privacy.ts'
import { privacy } from './privacy-schema.ts'
import { DETECTOR_NAMES } from './resource/detector-names.ts'
import { redis } from './redis-schema.ts'
import { websocket } from './websocket-schema.ts'

const text = (allowed: string) => v.pipe(v.string(allowed), v.nonEmpty(allowed))
const millis = (allowed: string) => v.pipe(v.number(allowed), v.minValue(0, allowed), v.maxValue(2 ** 31 - 1, allowed))
const flag = () => v.boolean('true or false')
const group = <T extends v.ObjectEntries>(entries: T) =>
  v.strictObject(entries, `an object of ${Object.keys(entries).join(', ')}`)

/** Something with these methods. */
const having = (methods: readonly string[], allowed: string) =>
  v.custom<object>((given) => methods.every((method) => isMethod(given, method)), allowed)

function isMethod(given: unknown, name: string): boolean {
  return typeof (given as Record<string, unknown> | null | undefined)?.[name] === 'function'
}

export const INSTRUMENTATIONS_ALLOWED =
  "OpenTelemetry instrumentations such as new ExpressInstrumentation(), or their names such as 'express', or 'auto'"
const instrumentation = v.custom<object>(
  (given) =>
    typeof given === 'object' &&
    ['enable', 'disable', 'setTracerProvider', 'setMeterProvider', 'getConfig'].every((name) => isMethod(given, name)),
  INSTRUMENTATIONS_ALLOWED,
)

export const CONFIG_ALLOWED = 'the path of a YAML file, or false for none'
export const DETECTORS_ALLOWED = `some of ${DETECTOR_NAMES.join(', ')}`
export const RATIO_ALLOWED = 'a number from 0 to 1'
export const LEVELS_ALLOWED = `${LEVELS.join(', ')}, OFF (any case; WARN and FATAL too)`
/** Each spelling of a level once, in lower case. */
export const LEVEL_SPELLINGS = [...LEVELS, 'WARN', 'FATAL', 'OFF'].map((name) => name.toLowerCase())
export const URL_ALLOWED = 'an http:// or https:// URL such as http://127.0.0.1:4318'
export const ENDPOINT_ALLOWED = `${URL_ALLOWED}; with grpc also host:port`
export const HEADERS_ALLOWED = 'key=value pairs with commas between, without control characters'
export const DAYS_ALLOWED = 'a number of days, more than 0'
export const MIN_METRIC_INTERVAL_MILLIS = 100
export const METRIC_INTERVAL_ALLOWED = `a number of milliseconds, ${MIN_METRIC_INTERVAL_MILLIS} or more`
export const MILLIS_ALLOWED = 'a number of milliseconds, 0 or more'
const SIGNAL_MILLIS_ALLOWED = 'a number of milliseconds, more than 0'
export const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const
export const CONSOLE_FORMATS = ['human', 'json', 'logfmt'] as const
export type ConsoleFormat = (typeof CONSOLE_FORMATS)[number]
export const COMPRESSIONS = ['gzip', 'zstd', 'none'] as const

/** Whether a text is an http or https URL. */
export function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

/** What gRPC takes as an address besides URLs, as far as clew lets it: `host:port`, or one with the scheme of a resolver. */
export const GRPC_TARGET = /^(?:(?:dns|unix):[^\s@]+|(?:[^\s/:@[\]]+|\[[0-9a-f:.]+\]):\d{1,5})$/i

/** Whether a text can be an endpoint, with gRPC or with HTTP. */
export function isEndpoint(text: string): boolean {
  return isHttpUrl(text) || GRPC_TARGET.test(text)
}

/** Whether all headers can be sent. */
export function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(([name, value]) => isHeader(name, value))
}

/** Whether a text names a level. */
export const isLevel = (name: string): boolean => parseLevel(name) !== undefined
const level = v.pipe(v.string(LEVELS_ALLOWED), v.check(isLevel, LEVELS_ALLOWED))
const pem = () => v.optional(text('the path of a PEM file, or PEM text'))

const signalOptions = {
  endpoint: v.optional(v.pipe(v.string(ENDPOINT_ALLOWED), v.check(isEndpoint, ENDPOINT_ALLOWED))),
  protocol: v.optional(v.picklist(PROTOCOLS, PROTOCOLS.join(', '))),
  headers: v.optional(
    v.pipe(
      v.record(v.string(), v.string('text'), 'an object of header names and values'),
      v.check(areHeaders, 'header names, and values without control characters'),
    ),
  ),
  compression: v.optional(v.picklist(COMPRESSIONS, COMPRESSIONS.join(', '))),
  timeoutMillis: v.optional(millis(MILLIS_ALLOWED)),
  certificate: pem(),
  clientKey: pem(),
  clientCertificate: pem(),
  insecure: v.optional(flag()),
}
const signal = () =>
  v.optional(v.union([v.boolean(), group(signalOptions)], 'false, or an object such as { endpoint }'))
const otlp = group({ ...signalOptions, logs: signal(), traces: signal(), metrics: signal() })

/** Less would not hold a segment of each lane. */
const MIN_SPOOL_BYTES = 1_048_576
const SPOOL_BYTES_ALLOWED = `a number of bytes, ${MIN_SPOOL_BYTES} or more`

const spool = group({
  maxBytes: v.optional(v.pipe(v.number(SPOOL_BYTES_ALLOWED), v.minValue(MIN_SPOOL_BYTES, SPOOL_BYTES_ALLOWED))),
  maxAgeMillis: v.optional(v.pipe(v.number(MILLIS_ALLOWED), v.minValue(0, MILLIS_ALLOWED))),
  writeDelayMillis: v.optional(millis(MILLIS_ALLOWED)),
})

const MODULES_ALLOWED = 'names of components; * stands for any characters'
const SHARE_ALLOWED = 'a number from 0 to 1'
const RATE_ALLOWED = 'a number of records a second, more than 0'
const COUNT_ALLOWED = 'a whole number, 1 or more'
const count = () => v.pipe(v.number(COUNT_ALLOWED), v.integer(COUNT_ALLOWED), v.minValue(1, COUNT_ALLOWED))
const LIMIT_ALLOWED = 'a whole number, 0 or more'
const limit = () => v.pipe(v.number(LIMIT_ALLOWED), v.integer(LIMIT_ALLOWED), v.minValue(0, LIMIT_ALLOWED))

/** Less would make a backup of every few lines. */
const MIN_FILE_BYTES = 4_096
const FILE_BYTES_ALLOWED = `a number of bytes, ${MIN_FILE_BYTES} or more, or 0 for no limit`

const file = group({
  enabled: v.optional(flag()),
  path: v.optional(text('the path of a file')),
  maxBytes: v.optional(v.union([v.literal(0), v.pipe(v.number(), v.minValue(MIN_FILE_BYTES))], FILE_BYTES_ALLOWED)),
  backupCount: v.optional(count()),
  retentionDays: v.optional(v.pipe(v.number(DAYS_ALLOWED), v.gtValue(0, DAYS_ALLOWED))),
  modules: v.optional(v.array(text(MODULES_ALLOWED), `a list of ${MODULES_ALLOWED}`)),
})

const volumeRule = group({
  component: v.optional(text("a component's name; * stands for any characters")),
  below: v.optional(v.picklist(LEVELS, LEVELS.join(', '))),
  sample: v.optional(v.pipe(v.number(SHARE_ALLOWED), v.minValue(0, SHARE_ALLOWED), v.maxValue(1, SHARE_ALLOWED))),
  perSecond: v.optional(v.pipe(v.number(RATE_ALLOWED), v.gtValue(0, RATE_ALLOWED))),
  per: v.optional(v.picklist(['message', 'component'], "'message' or 'component'")),
  repeatMillis: v.optional(millis(MILLIS_ALLOWED)),
})

export const LEVEL_SIGNALS_ALLOWED = LEVEL_SIGNALS.join(', ')

const levelControl = group({
  file: v.optional(text('the path of a file')),
  signal: v.optional(v.picklist(LEVEL_SIGNALS, LEVEL_SIGNALS_ALLOWED)),
  signalMillis: v.optional(v.pipe(millis(SIGNAL_MILLIS_ALLOWED), v.gtValue(0, SIGNAL_MILLIS_ALLOWED))),
})

const flightRecorder = group({
  level: v.optional(level),
  maxRecords: v.optional(count()),
  maxTraces: v.optional(count()),
  maxBytes: v.optional(count()),
})

const audit = group({
  onFailure: v.optional(v.picklist(['throw', 'note'], "'throw' or 'note'")),
  suspicious: v.optional(
    v.union(
      [
        v.literal(false),
        group({
          failuresPerUser: v.optional(count()),
          failuresPerAddress: v.optional(count()),
          windowMillis: v.optional(millis(MILLIS_ALLOWED)),
        }),
      ],
      'false, or { failuresPerUser, failuresPerAddress, windowMillis }',
    ),
  ),
})

export const DATABASE_URL_ALLOWED = 'sqlite:<path>, or a postgres:// URL'
const TABLE_ALLOWED = 'a name of letters, digits and _, beginning with a letter'
const database = group({
  enabled: v.optional(flag()),
  url: v.optional(v.pipe(v.string(DATABASE_URL_ALLOWED), v.check(isDatabaseUrl, DATABASE_URL_ALLOWED))),
  table: v.optional(v.pipe(v.string(TABLE_ALLOWED), v.regex(/^[A-Za-z][A-Za-z0-9_]{0,40}$/, TABLE_ALLOWED))),
  level: v.optional(level),
  key: v.optional(v.pipe(v.string(HASH_KEY_ALLOWED), v.check(isHashKey, HASH_KEY_ALLOWED))),
})

/** Whether a text says where a database is. */
export function isDatabaseUrl(url: string): boolean {
  return /^sqlite:./.test(url) || (/^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url))
}

const logger = () => v.optional(v.union([v.boolean(), v.literal('replace')], "true, false or 'replace'"))
const loggers = group({
  console: logger(),
  pino: logger(),
  winston: logger(),
  bunyan: logger(),
  traceIds: v.optional(flag()),
})

/** What `init()` takes, and, without what can only be in code, what may be in a file. */
const options = {
  config: v.optional(v.union([v.literal(false), text(CONFIG_ALLOWED)], CONFIG_ALLOWED)),
  disabled: v.optional(flag()),
  service: v.optional(text('a name')),
  serviceVersion: v.optional(text('a version')),
  environment: v.optional(text('a name such as production')),
  level: v.optional(level),
  levels: v.optional(v.record(v.string(), level, 'an object of levels by the names of components')),
  modules: v.optional(v.array(text(MODULES_ALLOWED), `a list of ${MODULES_ALLOWED}`)),
  console: v.optional(
    group({
      enabled: v.optional(flag()),
      format: v.optional(v.picklist(CONSOLE_FORMATS, "'human', 'json' or 'logfmt'")),
    }),
  ),
  file: v.optional(file),
  otlp: v.optional(v.union([v.literal(false), otlp], 'false, or an object such as { endpoint }')),
  spool: v.optional(spool),
  resource: v.optional(
    v.record(
      v.string(),
      v.union(
        [v.string(), v.number(), v.boolean(), v.array(v.string()), v.array(v.number()), v.array(v.boolean())],
        'text, a number, a boolean, or a list of one of these',
      ),
      'an object of attributes',
    ),
  ),
  resourceDetectors: v.optional(
    v.array(v.picklist(DETECTOR_NAMES, DETECTORS_ALLOWED), `a list of ${DETECTORS_ALLOWED}`),
  ),
  privacy: v.optional(privacy),
  audit: v.optional(audit),
  database: v.optional(v.union([v.boolean(), database], 'true, false, or { enabled, url, table, level, key }')),
  levelControl: v.optional(levelControl),
  volume: v.optional(v.array(volumeRule, 'a list of { component, below, sample, perSecond, per, repeatMillis }')),
  flightRecorder: v.optional(
    v.union([v.boolean(), flightRecorder], 'true, false, or { level, maxRecords, maxTraces, maxBytes }'),
  ),
  slowMillis: v.optional(millis(MILLIS_ALLOWED)),
  metricIntervalMillis: v.optional(
    v.pipe(millis(METRIC_INTERVAL_ALLOWED), v.minValue(MIN_METRIC_INTERVAL_MILLIS, METRIC_INTERVAL_ALLOWED)),
  ),
  home: v.optional(text('a directory')),
  http: v.optional(http),
  websocket: v.optional(websocket),
  redis: v.optional(redis),
  loggers: v.optional(loggers),
  lifecycle: v.optional(flag()),
  runtimeMetrics: v.optional(flag()),
  shutdownTimeoutMillis: v.optional(millis(MILLIS_ALLOWED)),
  logRecordProcessors: v.optional(
    v.array(
      having(
        ['onEmit', 'forceFlush', 'shutdown'],
        'LogRecordProcessors; an exporter goes into a BatchLogRecordProcessor of @opentelemetry/sdk-logs',
      ),
      'a list',
    ),
  ),
  spanProcessors: v.optional(
    v.array(
      having(
        ['onStart', 'onEnd', 'forceFlush', 'shutdown'],
        'SpanProcessors; an exporter goes into a BatchSpanProcessor of @opentelemetry/sdk-trace',
      ),
      'a list',
    ),
  ),
  metricReaders: v.optional(
    v.array(
      having(['setMetricProducer', 'forceFlush', 'shutdown'], 'MetricReaders of @opentelemetry/sdk-metrics'),
      'a list',
    ),
  ),
  instrumentations: v.optional(
    v.array(
      v.union([v.pipe(v.string(), v.nonEmpty()), instrumentation, v.array(instrumentation)], INSTRUMENTATIONS_ALLOWED),
      'a list',
    ),
  ),
  sampler: v.optional(
    v.union([v.picklist(SAMPLER_NAMES), having(['shouldSample'], '')], `a Sampler, or ${SAMPLERS_ALLOWED}`),
  ),
  samplerRatio: v.optional(v.pipe(v.number(RATIO_ALLOWED), v.minValue(0, RATIO_ALLOWED), v.maxValue(1, RATIO_ALLOWED))),
  propagators: v.optional(
    v.array(
      v.union(
        [v.picklist(PROPAGATOR_NAMES), having(['inject', 'extract', 'fields'], '')],
        `TextMapPropagators, or ${PROPAGATOR_NAMES.join(', ')}`,
      ),
      'a list',
    ),
  ),
  spanLimits: v.optional(
    group({ attributes: v.optional(limit()), events: v.optional(limit()), links: v.optional(limit()) }),
  ),
  contextManager: v.optional(having(['active', 'with', 'bind', 'enable', 'disable'], 'a ContextManager')),
  logSampling: v.optional(v.picklist(['all', 'trace'], "'all' or 'trace'")),
}
export const OPTIONS = v.strictObject(options, 'an object of options')
