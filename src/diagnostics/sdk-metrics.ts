import type { MetricData } from '@opentelemetry/sdk-metrics'
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

type Attributes = Record<string, string | number>
type Point = readonly [value: number, attributes: Attributes]

/** DataPointType.SUM, AggregationTemporality.CUMULATIVE and ValueType.INT: importing them would load the metrics SDK. */
const SUM = 3
const CUMULATIVE = 1
const INTEGER = 0

const UNITS = { log: '{log_record}', span: '{span}', metric_data_point: '{data_point}' } as const
const PROCESSOR = componentOf('clew_spool')

/**
 * Says in metrics what the SDK has done, without loading the metrics SDK.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export class SdkMetrics {
  readonly #startMillis = Date.now()

  collect(counts: SdkCounts): MetricData[] {
    const { samplingResult: result, parentOrigin: origin } = SDK_ATTRIBUTES
    const started = counts.spansStarted.map(({ count, parentOrigin, samplingResult }): Point => [
      count,
      { [origin]: parentOrigin, [result]: samplingResult },
    ])
    const live = Object.entries(counts.spansLive).map(([kind, count]): Point => [count, { [result]: kind }])
    return [
      this.#sum(SDK_METRICS.logCreated, '{log_record}', true, [[counts.logsCreated, {}]]),
      this.#sum(SDK_METRICS.spanStarted, '{span}', true, started),
      this.#sum(SDK_METRICS.spanLive, '{span}', false, live),
      ...counts.signals.flatMap((signal) => [...this.#processor(signal), ...this.#exporter(signal)]),
    ].filter(({ dataPoints }) => dataPoints.length > 0)
  }

  /** There are no processors of metrics. */
  #processor({ item, counts }: SignalState): MetricData[] {
    if (item === 'metric_data_point') return []
    const { passed, left, queued } = counts
    return [
      this.#sum(SDK_METRICS.processed(item), UNITS[item], true, outcomes(passed, left, PROCESSOR)),
      this.#sum(SDK_METRICS.queueSize(item), UNITS[item], false, [[queued, PROCESSOR]]),
    ]
  }

  #exporter({ item, exporter, url, counts }: SignalState): MetricData[] {
    const { exported, failed, inflight } = counts
    const component = exporterOf(exporter, url)
    return [
      this.#sum(SDK_METRICS.exported(item), UNITS[item], true, outcomes(exported, failed, component)),
      this.#sum(SDK_METRICS.inflight(item), UNITS[item], false, [[inflight, component]]),
    ]
  }

  #sum(name: string, unit: string, isMonotonic: boolean, points: readonly Point[]): MetricData {
    const [startTime, endTime] = [hrTime(this.#startMillis), hrTime(Date.now())]
    return {
      descriptor: { name, description: '', unit, valueType: INTEGER },
      aggregationTemporality: CUMULATIVE,
      dataPointType: SUM,
      isMonotonic,
      dataPoints: points.map(([value, attributes]) => ({ startTime, endTime, attributes, value })),
    }
  }
}

/** A point for the successful ones, and one for each kind of failure that there was. */
function outcomes(good: number, bad: Readonly<Record<string, number>>, component: Attributes): Point[] {
  const types = new Map<string, number>()
  for (const [reason, count] of Object.entries(bad)) {
    const type = ERROR_TYPES[reason] ?? reason
    types.set(type, (types.get(type) ?? 0) + count)
  }
  const failures = [...types].filter(([, count]) => count > 0)
  return [
    [good, component],
    ...failures.map(([type, count]): Point => [count, { ...component, [SDK_ATTRIBUTES.errorType]: type }]),
  ]
}

function componentOf(type: string): Attributes {
  return { [SDK_ATTRIBUTES.componentName]: `${type}/0`, [SDK_ATTRIBUTES.componentType]: type }
}

function exporterOf(type: string, url: string): Attributes {
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

function hrTime(millis: number): [number, number] {
  return [Math.floor(millis / 1000), (millis % 1000) * 1e6]
}
