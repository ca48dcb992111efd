import { createRequire } from 'node:module'
import { extname } from 'node:path'
import type { Meter, MeterOptions, MeterProvider } from '@opentelemetry/api'
import type { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import type * as ReaderModule from './spool-metric-reader.ts'
import type { MetricSink } from './spool-metric-reader.ts'

const load = createRequire(import.meta.url)

/** Loads the metrics SDK when the first meter is asked for: a program without metrics does not pay for it at its start. */
export class LazyMeterProvider implements MeterProvider {
  readonly #sink: MetricSink
  readonly #intervalMillis: number
  #provider: SdkMeterProvider | undefined

  constructor(sink: MetricSink, intervalMillis: number) {
    this.#sink = sink
    this.#intervalMillis = intervalMillis
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    this.#provider ??= this.#load()
    return this.#provider.getMeter(name, version, options)
  }

  #load(): SdkMeterProvider {
    const file = `./spool-metric-reader${extname(import.meta.url)}`
    const { createMeterProvider } = load(file) as typeof ReaderModule
    return createMeterProvider(this.#sink, this.#intervalMillis)
  }

  /** Collects now and hands on what was collected. */
  async flush(): Promise<void> {
    await this.#provider?.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#provider?.shutdown()
  }
}
