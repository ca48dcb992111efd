import { MeterProvider, MetricReader, type IMetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'

/** Takes what was collected. Must not throw. */
export type MetricSink = (metrics: ResourceMetrics) => void

/** The user's readers, and what they are told of the program. */
export interface UserReaders {
  readonly readers: readonly IMetricReader[]
  readonly resource: ResourceMetrics['resource']
}

/** What a reader of its own, in another SDK's MeterProvider, waits for after its last collection. */
export interface ReaderEnds {
  flush?(): Promise<void>
  shutdown?(): Promise<void>
}

/** Collects all metrics at an interval, at a flush and at shutdown, and hands them on. Its timer keeps no process alive. */
export class SpoolMetricReader extends MetricReader {
  readonly #sink: MetricSink
  readonly #timer: NodeJS.Timeout
  readonly #then: ReaderEnds

  constructor(sink: MetricSink, intervalMillis: number, then: ReaderEnds = {}) {
    super()
    this.#sink = sink
    this.#then = then
    // A collection that fails is made anew at the next interval.
    this.#timer = setInterval(() => void this.#export().catch(() => {}), intervalMillis).unref()
  }

  async #export(): Promise<void> {
    const { resourceMetrics } = await this.collect()
    this.#sink(resourceMetrics)
  }

  protected async onForceFlush(): Promise<void> {
    await this.#export()
    await this.#then.flush?.()
  }

  protected async onShutdown(): Promise<void> {
    clearInterval(this.#timer)
    await this.#export()
    await this.#then.shutdown?.()
  }
}

/** The metrics SDK's MeterProvider with our reader, where there is a sink for it, and the user's. This module alone loads the metrics SDK. */
export function createMeterProvider(
  sink: MetricSink | undefined,
  intervalMillis: number,
  users: UserReaders | undefined,
): MeterProvider {
  const ours = sink === undefined ? [] : [new SpoolMetricReader(sink, intervalMillis)]
  return new MeterProvider(users === undefined ? { readers: ours } : { ...users, readers: [...ours, ...users.readers] })
}
