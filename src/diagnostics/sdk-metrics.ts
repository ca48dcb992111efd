import type { MetricData } from '@opentelemetry/sdk-metrics'
import { MetricDataFactory, type MetricAttributes, type MetricPoint } from './metric-data.ts'
import { ERROR_TYPES, SDK_ATTRIBUTES, SDK_METRICS } from './sdk-metric-names.ts'

/** What became of one signal's items. */
export interface SignalCounts {
  /** Items given to requests, and items that wait for one. */
  readonly passed: number
  readonly queued: number
  /** Items that never came to a request, by reason. */
  readonly left: Readonly<Record<string, number>>
  /** Items of the requests that are out now, that arrived, and that the receiver would not have, by reason. Of metrics: data points. */
  readonly inflight: number
  readonly exported: number
  readonly failed: Readonly<Record<string, number>>
}

/** A signal that is sent: where to, by an exporter of which kind, with what success. */
export interface SignalState {
  readonly item: 'log' | 'span' | 'metric_data_point'
  readonly exporter: string
  readonly url: string
  readonly counts: SignalCounts
}

/** What the SDK has done since its start. */
export interface SdkCounts {
  readonly logsCreated: number
  readonly spansStarted: readonly {
    readonly parentOrigin: string
    readonly samplingResult: string
    readonly count: number
  }[]
  /** Spans that have not ended, by their sampling result. */
  readonly spansLive: Readonly<Record<string, number>>
  readonly signals: readonly SignalState[]
}

const UNITS = { log: '{log_record}', span: '{span}', metric_data_point: '{data_point}' } as const
const PROCESSOR = componentOf('clew_spool')

/**
 * Says in metrics what the SDK has done, without loading the metrics SDK.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export class SdkMetrics {
  readonly #make = new MetricDataFactory()

  collect(counts: SdkCounts): MetricData[] {
    const { samplingResult: result, parentOrigin: origin } = SDK_ATTRIBUTES
    const started = counts.spansStarted.map(({ count, parentOrigin, samplingResult }): MetricPoint => [
      count,
      { [origin]: parentOrigin, [result]: samplingResult },
    ])
    const live = Object.entries(counts.spansLive).map(([kind, count]): MetricPoint => [count, { [result]: kind }])
    return [
      this.#make.sum({ name: SDK_METRICS.logCreated, unit: '{log_record}' }, true, [[counts.logsCreated, {}]]),
      this.#make.sum({ name: SDK_METRICS.spanStarted, unit: '{span}' }, true, started),
      this.#make.sum({ name: SDK_METRICS.spanLive, unit: '{span}' }, false, live),
      ...counts.signals.flatMap((signal) => [...this.#processor(signal), ...this.#exporter(signal)]),
    ].filter(({ dataPoints }) => dataPoints.length > 0)
  }

  /** There are no processors of metrics. */
  #processor({ item, counts }: SignalState): MetricData[] {
    if (item === 'metric_data_point') return []
    const { passed, left, queued } = counts
    return [
      this.#make.sum({ name: SDK_METRICS.processed(item), unit: UNITS[item] }, true, outcomes(passed, left, PROCESSOR)),
      this.#make.sum({ name: SDK_METRICS.queueSize(item), unit: UNITS[item] }, false, [[queued, PROCESSOR]]),
    ]
  }

  #exporter({ item, exporter, url, counts }: SignalState): MetricData[] {
    const { exported, failed, inflight } = counts
    const component = exporterOf(exporter, url)
    return [
      this.#make.sum(
        { name: SDK_METRICS.exported(item), unit: UNITS[item] },
        true,
        outcomes(exported, failed, component),
      ),
      this.#make.sum({ name: SDK_METRICS.inflight(item), unit: UNITS[item] }, false, [[inflight, component]]),
    ]
  }
}

/** A point for the successful ones, and one for each kind of failure that there was. */
function outcomes(good: number, bad: Readonly<Record<string, number>>, component: MetricAttributes): MetricPoint[] {
  const types = new Map<string, number>()
  for (const [reason, count] of Object.entries(bad)) {
    const type = ERROR_TYPES[reason] ?? reason
    types.set(type, (types.get(type) ?? 0) + count)
  }
  const failures = [...types].filter(([, count]) => count > 0)
  return [
    [good, component],
    ...failures.map(([type, count]): MetricPoint => [count, { ...component, [SDK_ATTRIBUTES.errorType]: type }]),
  ]
}

function componentOf(type: string): MetricAttributes {
  return { [SDK_ATTRIBUTES.componentName]: `${type}/0`, [SDK_ATTRIBUTES.componentType]: type }
}

function exporterOf(type: string, url: string): MetricAttributes {
  // With gRPC it may be a target: no scheme, or one of gRPC's own.
  const address = /^https?:/.test(url) ? url : `http://${url.replace(/^\w+:\/+/, '')}`
  if (!URL.canParse(address)) return componentOf(type)
  const { hostname, port, protocol } = new URL(address)
  return {
    ...componentOf(type),
    [SDK_ATTRIBUTES.serverAddress]: hostname,
    [SDK_ATTRIBUTES.serverPort]: Number(port) || (protocol === 'https:' ? 443 : 80),
  }
}
