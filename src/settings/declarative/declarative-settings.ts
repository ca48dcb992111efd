import { createRequire } from 'node:module'
import type * as SdkMetrics from '@opentelemetry/sdk-metrics'
import { ConsoleSpans } from '../../plugins/index.ts'
import { DEFAULT_SPAN_LIMITS, PROPAGATOR_NAMES, type PropagatorName, type SpanLimits } from '../../tracing/index.ts'
import type { InitOptions } from '../options.ts'
import { SIGNALS, type Signal } from '../otlp-environment.ts'
import { definedOnly, oneOf } from '../parse-variable.ts'
import type { SettingsMistake } from '../settings-error.ts'
import { declarativeExports, type DeclarativeOtlp, type Refuse } from './declarative-exporters.ts'
import { readDeclarativeFile, type DeclarativeFile } from './declarative-file.ts'
import { declarativeLevels } from './declarative-levels.ts'
import { declarativeResource, type ResourceValue } from './declarative-resource.ts'
import { declarativeSampler } from './declarative-sampler.ts'
import { describeLeftOut } from './left-out.ts'
import type { Section } from './section.ts'

/** What the declarative file of OpenTelemetry sets, in clew's terms. */
export interface DeclarativeSettings {
  readonly path: string
  readonly disabled: boolean
  readonly resource: Readonly<Record<string, ResourceValue>>
  /** A signal without an exporter is not sent. */
  readonly otlp: Readonly<Partial<Record<Signal, DeclarativeOtlp>>>
  readonly options: Pick<
    InitOptions,
    'sampler' | 'propagators' | 'logSampling' | 'console' | 'spanProcessors' | 'metricReaders'
  >
  readonly level: number | undefined
  readonly componentLevels: Readonly<Record<string, number>>
  readonly metricIntervalMillis: number | undefined
  readonly spanLimits: SpanLimits
  /** One message about all that clew does not do as the file says; undefined when there is nothing. */
  readonly leftOut: string | undefined
}

/** What is wrong with the file, where it can't be used. */
export interface DeclarativeMistakes {
  readonly mistakes: readonly SettingsMistake[]
}

const PROVIDERS = { logs: 'logger_provider', traces: 'tracer_provider', metrics: 'meter_provider' } as const

/**
 * Reads the declarative configuration file of OpenTelemetry.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/
 */
export function readDeclarative(path: string): DeclarativeSettings | DeclarativeMistakes {
  const file = readDeclarativeFile(path)
  if (!('content' in file)) return { mistakes: file }
  const mistakes: SettingsMistake[] = []
  const refuse: Refuse = (place, { found, allowed }) =>
    mistakes.push({ where: `${path}, ${file.where(place)}`, found, allowed })
  const settings = settingsOf(file, refuse)
  return mistakes.length > 0 ? { mistakes } : settings
}

function settingsOf(file: DeclarativeFile, refuse: Refuse): DeclarativeSettings {
  const { content, path } = file
  const resource = content.section('resource')
  const [logs, traces, metrics] = SIGNALS.map((signal) => content.section(PROVIDERS[signal]))
  const exports = {
    logs: declarativeExports(processorsOf(logs), 'logs', refuse),
    traces: declarativeExports(processorsOf(traces), 'traces', refuse),
    metrics: declarativeExports(readersOf(metrics), 'metrics', refuse),
  }
  const { level, components, logSampling } = declarativeLevels(logs)
  const sampler = traces?.section('sampler')
  const settings = {
    path,
    disabled: content.value<boolean>('disabled') === true,
    resource: resource === undefined ? {} : declarativeResource(resource, refuse),
    otlp: definedOnly({ logs: exports.logs.otlp, traces: exports.traces.otlp, metrics: exports.metrics.otlp }),
    options: definedOnly({
      sampler: sampler === undefined ? undefined : declarativeSampler(sampler),
      propagators: propagatorsOf(content.section('propagator')),
      logSampling,
      console: exports.logs.console === undefined ? undefined : { enabled: true },
      spanProcessors: exports.traces.console === undefined ? undefined : [new ConsoleSpans()],
      metricReaders: exports.metrics.console === undefined ? undefined : [consoleReader(exports.metrics.console)],
    }),
    level,
    componentLevels: components,
    metricIntervalMillis: exports.metrics.otlp?.part.value<number>('interval'),
    spanLimits: spanLimits(content.section('attribute_limits'), traces?.section('limits')),
  }
  // What is done anyway.
  content.accept('log_level', 'info')
  traces?.section('id_generator')?.section('random')
  // Last: what was not asked for until now is left out.
  return { ...settings, leftOut: describeLeftOut(file) }
}

function processorsOf(provider: Section | undefined): Section[] {
  const processors = provider?.sections('processors') ?? []
  return processors.flatMap((processor) => processor.section('batch') ?? processor.section('simple') ?? [])
}

function readersOf(provider: Section | undefined): Section[] {
  return (provider?.sections('readers') ?? []).flatMap((reader) => reader.section('periodic') ?? [])
}

/** Without a propagator in the file nothing is propagated, as the schema says. */
function propagatorsOf(propagator: Section | undefined): PropagatorName[] {
  const own = (propagator?.sections('composite') ?? []).flatMap((one) =>
    PROPAGATOR_NAMES.filter((name) => one.section(name) !== undefined),
  )
  const listed = (propagator?.value<string>('composite_list') ?? '').split(',').map((name) => name.trim())
  const known = listed.map((name) => oneOf(PROPAGATOR_NAMES, name)).filter((name) => name !== undefined)
  if (known.length < listed.filter((name) => name !== '').length) propagator?.disown('composite_list')
  return own.length + known.length === 0 ? ['none'] : [...own, ...known]
}

const METRIC_INTERVAL_MILLIS = 60_000
const EXPORT_TIMEOUT_MILLIS = 30_000

function consoleReader(part: Section): SdkMetrics.PeriodicExportingMetricReader {
  const sdk = createRequire(import.meta.url)('@opentelemetry/sdk-metrics') as typeof SdkMetrics
  const exportIntervalMillis = part.value<number>('interval') ?? METRIC_INTERVAL_MILLIS
  return new sdk.PeriodicExportingMetricReader({
    exporter: new sdk.ConsoleMetricExporter(),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MILLIS, exportIntervalMillis),
  })
}

/** Those of spans, and those of all where they say nothing. */
function spanLimits(all: Section | undefined, own: Section | undefined): SpanLimits {
  const { attributes, events, links } = DEFAULT_SPAN_LIMITS
  const common = all?.value<number>('attribute_count_limit')
  return {
    attributes: own?.value<number>('attribute_count_limit') ?? common ?? attributes,
    events: own?.value<number>('event_count_limit') ?? events,
    links: own?.value<number>('link_count_limit') ?? links,
  }
}
