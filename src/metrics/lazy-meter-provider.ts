import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Meter, MeterOptions, MeterProvider } from '@opentelemetry/api'
import type { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics'
import type * as ReaderModule from './spool-metric-reader.ts'
import type { MetricSink } from './spool-metric-reader.ts'

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
    return loadReader().createMeterProvider(this.#sink, this.#intervalMillis)
  }

  /** Collects now and hands on what was collected. */
  async flush(): Promise<void> {
    await this.#provider?.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#provider?.shutdown()
  }
}

/** The file beside this one. In a bundle there is none, but the bundler has put in what this `require` names; an ES module that is no bundle has no `require`. */
function loadReader(): typeof ReaderModule {
  const here = import.meta.url as string | undefined
  const file = here === undefined ? undefined : new URL(`./spool-metric-reader${extname(here)}`, here)
  if (file === undefined || !existsSync(file)) return require('./spool-metric-reader.js') as typeof ReaderModule
  return process.getBuiltinModule('node:module').createRequire(file)(fileURLToPath(file)) as typeof ReaderModule
}
