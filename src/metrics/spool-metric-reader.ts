import { MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** Takes what was collected. Must not throw. */
export type MetricSink = (metrics: ResourceMetrics) => void

/** Collects all metrics at an interval, at a flush and at shutdown, and hands them on. Its timer keeps no process alive. */
class SpoolMetricReader extends MetricReader {
  readonly #sink: MetricSink
  readonly #timer: NodeJS.Timeout

  constructor(sink: MetricSink, intervalMillis: number) {
    super()
    this.#sink = sink
    // A collection that fails is made anew at the next interval.
    this.#timer = setInterval(() => void this.#export().catch(() => {}), intervalMillis).unref()
  }

  async #export(): Promise<void> {
    const { resourceMetrics } = await this.collect()
    this.#sink(resourceMetrics)
  }

  protected async onForceFlush(): Promise<void> {
    await this.#export()
  }

  protected async onShutdown(): Promise<void> {
    clearInterval(this.#timer)
    await this.#export()
  }
}

/** The metrics SDK's MeterProvider with our reader. This module alone loads the metrics SDK. */
export function createMeterProvider(sink: MetricSink, intervalMillis: number): MeterProvider {
  return new MeterProvider({ readers: [new SpoolMetricReader(sink, intervalMillis)] })
}
