import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { DROP_REASONS, SIGNALS, type DeliveryCounters, type DropReason, type Outage } from './delivery/index.ts'
import { RuntimeMetrics, SdkMetrics, type SignalState } from './diagnostics/index.ts'
import { getLogger, pipeline } from './logging/index.ts'
import type { OtlpSettings } from './settings/index.ts'
import type { Signal } from './spool/index.ts'
import type { TelemetryRoad } from './telemetry-road.ts'
import type { SpanCounts } from './tracing/index.ts'

/** What clew tells of itself is told as this component. */
const COMPONENT = 'clew'
const ITEMS = { logs: 'log', traces: 'span', metrics: 'metric_data_point' } as const
/** What the conventions call exporters: what is put between `otlp_` and the item. */
const EXPORTERS = { 'http/protobuf': 'http', 'http/json': 'http_json', grpc: 'grpc' } as const
const EXPORTED = { logs: 'log', traces: 'span', metrics: 'metric' } as const
/** Reasons for which a receiver would not have what it was sent. */
const FAILED: readonly DropReason[] = ['refused', 'rejected']

/** What clew's metrics about itself are made from. */
export interface SelfTelemetryParts {
  readonly road: TelemetryRoad
  readonly endpoints: OtlpSettings['endpoints']
  readonly spans: SpanCounts
  /** Takes metrics of clew's own. Must not throw. */
  readonly sink: (metrics: Pick<ResourceMetrics, 'scopeMetrics'>) => void
  readonly intervalMillis: number
  /** Whether it also tells how the process fares. */
  readonly runtime: boolean
}

/** clew's metrics about itself, at an interval and whenever they are asked for. Its timer keeps no process alive. */
export class SelfTelemetry {
  readonly #parts: SelfTelemetryParts
  readonly #metrics = new SdkMetrics()
  readonly #runtime: RuntimeMetrics | undefined
  readonly #timer: NodeJS.Timeout

  constructor(parts: SelfTelemetryParts) {
    this.#parts = parts
    this.#runtime = parts.runtime ? new RuntimeMetrics() : undefined
    this.#timer = setInterval(() => this.emit(), parts.intervalMillis).unref()
  }

  /** Says how things are, unless nothing was ever said: a program that says nothing sends nothing. */
  emit(): void {
    const { road, endpoints, spans, sink } = this.#parts
    const spansStarted = spans.all
    if (pipeline.created === 0 && spansStarted.length === 0 && road.spool.appended === 0) return
    const signals = SIGNALS.flatMap((signal) => {
      const endpoint = endpoints[signal]
      return endpoint === undefined ? [] : [signalState(signal, endpoint, road)]
    })
    const counts = { logsCreated: pipeline.created, spansStarted, spansLive: spans.live, signals }
    const metrics = this.#metrics.collect(counts)
    sink({ scopeMetrics: [{ scope: { name: COMPONENT }, metrics: metrics.concat(this.#runtime?.collect() ?? []) }] })
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#runtime?.stop()
  }
}

type Endpoint = NonNullable<OtlpSettings['endpoints'][Signal]>

function signalState(signal: Signal, { url, protocol }: Endpoint, road: TelemetryRoad): SignalState {
  const { counters } = road
  const passed = counters.get(`passed.${signal}`)
  const inflight = counters.get(`inflight.${signal}`)
  const waiting = road.waiting('memory', signal) + road.waiting('spool', signal)
  return {
    item: ITEMS[signal],
    exporter: `otlp_${EXPORTERS[protocol]}_${EXPORTED[signal]}_exporter`,
    url,
    counts: {
      passed,
      queued: Math.max(0, waiting - inflight),
      left: droppedBy(
        counters,
        signal,
        DROP_REASONS.filter((reason) => !FAILED.includes(reason)),
      ),
      inflight,
      ...(signal === 'metrics'
        ? {
            exported: counters.get('points.delivered'),
            failed: { refused: counters.get('points.refused'), rejected: counters.get('points.rejected') },
          }
        : { exported: counters.get(`delivered.${signal}`), failed: droppedBy(counters, signal, FAILED) }),
    },
  }
}

function droppedBy(counters: DeliveryCounters, signal: Signal, reasons: readonly DropReason[]): Record<string, number> {
  return Object.fromEntries(reasons.map((reason) => [reason, counters.get(`dropped.${reason}.${signal}`)]))
}

/** Says in one record, in the application's own log, what an outage of the receiver has cost. */
export function tellOutage({ durationMillis, waited, dropped }: Outage): void {
  const lost = Object.entries(dropped)
  const fields = {
    'clew.outage.duration_ms': durationMillis,
    'clew.outage.waited': waited,
    ...Object.fromEntries(lost.map(([reason, count]) => [`clew.outage.dropped.${reason}`, count])),
  }
  if (lost.length > 0) getLogger(COMPONENT).warning('the receiver takes telemetry again; some was left out', fields)
  else getLogger(COMPONENT).info('the receiver takes telemetry again', fields)
}
