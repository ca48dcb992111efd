import type * as SdkMetrics from '@opentelemetry/sdk-metrics'
import { ConsoleSpans } from '../../plugins/index.ts'
import { PROPAGATOR_NAMES, type PropagatorName } from '../../tracing/index.ts'
import type { Layer } from '../layers.ts'
import type { InitOptions, SpanLimitOptions } from '../options.ts'
import { SIGNALS, type Signal } from '../otlp-environment.ts'
import { oneOf } from '../parse-variable.ts'
import { METRIC_INTERVAL_ALLOWED, MIN_METRIC_INTERVAL_MILLIS } from '../schema.ts'
import { UnusableValue, type SettingsMistake } from '../settings-error.ts'
import { declarativeExports, type DeclarativeExports, type Refuse } from './declarative-exporters.ts'
import { readDeclarativeFile, type DeclarativeFile } from './declarative-file.ts'
import { declarativeLevels } from './declarative-levels.ts'
import { declarativeDetectors, declarativeResource } from './declarative-resource.ts'
import { declarativeSampler } from './declarative-sampler.ts'
import { definedOnly } from './defined-only.ts'
import { describeLeftOut } from './left-out.ts'
import type { Section } from './section.ts'

/** What the declarative file of OpenTelemetry sets. */
export interface DeclarativeSettings {
  /** Without what is wrong in it; undefined when the file can't be used at all. */
  readonly layer: Layer | undefined
  readonly mistakes: readonly SettingsMistake[]
  /** One message about all that clew does not do as the file says; undefined when there is nothing. */
  readonly leftOut: string | undefined
}

type Exports = Readonly<Record<Signal, DeclarativeExports>>

/**
 * Reads the declarative configuration file of OpenTelemetry.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/
 */
export function readDeclarative(path: string): DeclarativeSettings {
  const file = readDeclarativeFile(path)
  if (!('content' in file)) return { layer: undefined, mistakes: file, leftOut: undefined }
  const mistakes: SettingsMistake[] = []
  const refuse: Refuse = (place, { found, allowed }) =>
    mistakes.push({ where: `${path}, ${file.where(place)}`, found, allowed })
  const exports = exportsOf(file.content, refuse)
  const options = optionsOf(file.content, exports, refuse)
  // What was not asked for until now is left out.
  return { layer: layerOf(file, options, exports), mistakes, leftOut: describeLeftOut(file) }
}

const PROVIDERS = { logs: 'logger_provider', traces: 'tracer_provider', metrics: 'meter_provider' } as const

function exportsOf(content: Section, refuse: Refuse): Exports {
  const of = (signal: Signal): DeclarativeExports =>
    declarativeExports(partsOf(content.section(PROVIDERS[signal])), signal, refuse)
  return { logs: of('logs'), traces: of('traces'), metrics: of('metrics') }
}

/** What has an exporter: processors, and readers that send. */
function partsOf(provider: Section | undefined): Section[] {
  const processors = provider?.sections('processors') ?? []
  const readers = provider?.sections('readers') ?? []
  return [
    ...processors.flatMap((processor) => processor.section('batch') ?? processor.section('simple') ?? []),
    ...readers.flatMap((reader) => reader.section('periodic') ?? []),
  ]
}

function optionsOf(content: Section, exports: Exports, refuse: Refuse): InitOptions {
  const [logs, traces] = [content.section(PROVIDERS.logs), content.section(PROVIDERS.traces)]
  const [sampler, resource] = [traces?.section('sampler'), content.section('resource')]
  // What is done anyway.
  for (const level of ['info', 'warn']) content.accept('log_level', level)
  traces?.section('id_generator')?.section('random')
  const attributes = resource === undefined ? {} : declarativeResource(resource, refuse)
  const environment = attributes['deployment.environment.name']
  return definedOnly<InitOptions>({
    disabled: content.value<boolean>('disabled'),
    resource: attributes,
    resourceDetectors: declarativeDetectors(resource),
    environment: typeof environment === 'string' && environment !== '' ? environment : undefined,
    // Without an exporter a signal is not sent.
    otlp: Object.fromEntries(SIGNALS.map((signal) => [signal, exports[signal].otlp?.values ?? false])),
    sampler: sampler === undefined ? undefined : declarativeSampler(sampler),
    propagators: propagatorsOf(content.section('propagator')),
    ...declarativeLevels(logs),
    spanLimits: spanLimits(content.section('attribute_limits'), traces?.section('limits')),
    metricIntervalMillis: intervalOf(exports.metrics.otlp?.part, refuse),
    console: exports.logs.console === undefined ? undefined : { enabled: true },
    spanProcessors: exports.traces.console === undefined ? undefined : [new ConsoleSpans()],
    metricReaders: exports.metrics.console === undefined ? undefined : [consoleReader(exports.metrics.console, refuse)],
  })
}

/** Without a propagator in the file nothing is propagated, as the schema says. */
function propagatorsOf(propagator: Section | undefined): PropagatorName[] {
  const own = (propagator?.sections('composite') ?? []).flatMap((one) =>
    PROPAGATOR_NAMES.filter((name) => one.section(name) !== undefined),
  )
  const listed = (propagator?.value<string>('composite_list') ?? '').split(',').map((name) => name.trim())
  const known = listed.map((name) => oneOf(PROPAGATOR_NAMES, name)).filter((name) => name !== undefined)
  if (known.length < listed.filter((name) => name !== '').length) propagator?.disown('composite_list')
  return own.length + known.length === 0 ? ['none'] : [...new Set([...own, ...known])]
}

const METRIC_INTERVAL_MILLIS = 60_000
const EXPORT_TIMEOUT_MILLIS = 30_000

function intervalOf(reader: Section | undefined, refuse: Refuse): number | undefined {
  const interval = reader?.value<number>('interval')
  if (reader === undefined || interval === undefined || interval >= MIN_METRIC_INTERVAL_MILLIS) return interval
  refuse(reader.placeOf('interval'), new UnusableValue(String(interval), METRIC_INTERVAL_ALLOWED))
  return undefined
}

function consoleReader(reader: Section, refuse: Refuse): SdkMetrics.PeriodicExportingMetricReader {
  const sdk = process.getBuiltinModule('node:module').createRequire(import.meta.url)(
    '@opentelemetry/sdk-metrics',
  ) as typeof SdkMetrics
  const exportIntervalMillis = intervalOf(reader, refuse) ?? METRIC_INTERVAL_MILLIS
  return new sdk.PeriodicExportingMetricReader({
    exporter: new sdk.ConsoleMetricExporter(),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MILLIS, exportIntervalMillis),
  })
}

/** Those of spans, and those of all where they say nothing. */
function spanLimits(all: Section | undefined, own: Section | undefined): SpanLimitOptions {
  const common = all?.value<number>('attribute_count_limit')
  return definedOnly<SpanLimitOptions>({
    attributes: own?.value<number>('attribute_count_limit') ?? common,
    events: own?.value<number>('event_count_limit'),
    links: own?.value<number>('link_count_limit'),
  })
}

function layerOf(file: DeclarativeFile, options: InitOptions, exports: Exports): Layer {
  const from = (path: string): string => {
    const line = file.lineOf(placeOf(path, exports))
    return line === undefined ? file.path : `${file.path}, line ${line}`
  }
  const place = (path: string): string => `${file.path}, ${file.where(placeOf(path, exports))}`
  return { origin: 'file', options, from, place, refused: new Set() }
}

const PLACES: Readonly<Record<string, string>> = {
  service: 'resource',
  serviceVersion: 'resource',
  environment: 'resource',
  resourceDetectors: 'resource.detection/development',
  sampler: 'tracer_provider.sampler',
  propagators: 'propagator',
  spanLimits: 'tracer_provider.limits',
  metricIntervalMillis: 'meter_provider',
  level: 'logger_provider',
  levels: 'logger_provider',
  logSampling: 'logger_provider',
  console: 'logger_provider',
  spanProcessors: 'tracer_provider',
  metricReaders: 'meter_provider',
}

/** Where in the file an option comes from. */
function placeOf(path: string, exports: Exports): string {
  const [group = '', signal = '', option] = path.split('.')
  if (group !== 'otlp') return PLACES[group] ?? group
  const { otlp } = exports[signal as Signal]
  return otlp === undefined || option === undefined ? PROVIDERS[signal as Signal] : otlp.place(option)
}
