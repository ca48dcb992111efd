import { loadBeside } from '../loading/index.ts'
import { createNoopMeter, type Meter, type MeterOptions, type MeterProvider } from '@opentelemetry/api'
import type { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import { ROOT_NODE, runInContext } from '../context/index.ts'
import { Exemplars } from './exemplars.ts'
import type * as ReaderModule from './spool-metric-reader.ts'
import type { MetricSink, UserReaders } from './spool-metric-reader.ts'

/** How metrics are collected. */
export interface MeterSettings {
  readonly intervalMillis: number
  /** The user's readers; undefined when there are none. */
  readonly users: UserReaders | undefined
  /** Hears why the metrics SDK can't be loaded, as in a bundle that lacks it; meters then measure nothing. */
  readonly failed: (error: unknown) => void
  /** Whether metrics of this scope are told elsewhere already: then its meter measures nothing. */
  readonly isQuiet?: (scope: string) => boolean
}

/** Loads the metrics SDK when the first meter is asked for, or at once for readers of the user's: a program without metrics does not pay for it at its start. */
export class LazyMeterProvider implements MeterProvider {
  readonly #sink: MetricSink | undefined
  readonly #settings: MeterSettings
  readonly #exemplars = new Exemplars()
  #provider: SdkMeterProvider | undefined

  /** @param sink undefined when only the user's readers are to have the metrics */
  constructor(sink: MetricSink | undefined, settings: MeterSettings) {
    this.#sink = sink
    this.#settings = settings
    if (settings.users !== undefined) this.#load()
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    if (this.#settings.isQuiet?.(name) === true) return createNoopMeter()
    this.#load()
    const meter = this.#provider?.getMeter(name, version, options)
    if (meter === undefined) return createNoopMeter()
    return this.#sink === undefined ? meter : this.#withExemplars(meter, { name, version })
  }

  #withExemplars(meter: Meter, scope: { name: string; version: string | undefined }): Meter {
    const exemplars = this.#exemplars
    const createHistogram: Meter['createHistogram'] = (name, options) =>
      exemplars.watch(meter.createHistogram(name, options), scope, name, options?.advice?.explicitBucketBoundaries)
    return Object.create(meter, { createHistogram: { value: createHistogram } }) as Meter
  }

  #load(): void {
    const { intervalMillis, users, failed } = this.#settings
    try {
      // Its timer would keep the context of whoever asks first, which may be a request's, as long as the process lives.
      this.#provider ??= runInContext(ROOT_NODE, () =>
        loadMetrics().createMeterProvider(this.#exemplifiedSink(), intervalMillis, users),
      )
    } catch (error) {
      failed(error)
    }
  }

  #exemplifiedSink(): MetricSink | undefined {
    const sink = this.#sink
    if (sink === undefined) return undefined
    return (metrics) => {
      this.#exemplars.attach(metrics)
      sink(metrics)
    }
  }

  /** Collects now and hands on what was collected. */
  async flush(): Promise<void> {
    await this.#provider?.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#provider?.shutdown()
  }
}

/** The module that loads the metrics SDK. */
export function loadMetrics(): typeof ReaderModule {
  return loadBeside<typeof ReaderModule>(import.meta.url, './spool-metric-reader', () =>
    require('./spool-metric-reader.js'),
  )
}
