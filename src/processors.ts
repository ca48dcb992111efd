import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import { Notes } from './diagnostics/index.ts'
import { plugged } from './foreign-sdk.ts'
import { loadMetrics } from './metrics/index.ts'
import { recordOf, spanOf, type LogRecordProcessor, type SpanProcessor } from './plugins/index.ts'
import { SdkRoad } from './sdk-road.ts'
import { describeMistake, resolveSettings, type InitOptions, type Settings } from './settings/index.ts'

export type { LogRecordProcessor, SpanProcessor } from './plugins/index.ts'

/** What `createProcessors()` takes, as `init()` does. The service's name and all else that tells of the program come from the SDK's resource. */
export type ProcessorsOptions = Pick<
  InitOptions,
  'config' | 'service' | 'environment' | 'home' | 'otlp' | 'spool' | 'privacy' | 'shutdownTimeoutMillis'
>

/** clew's road for an SDK that is there already: to be given to its providers, each once. */
export interface Processors {
  readonly logRecordProcessor: LogRecordProcessor
  readonly spanProcessor: SpanProcessor
  /** Loads the metrics SDK when it is asked for. */
  readonly metricReader: IMetricReader
}

const SAMPLED = 1

/**
 * Makes processors for a `NodeSDK`, or any other use of OpenTelemetry's SDK packages: what it records is made safe, loses its secrets and takes clew's road, so that it survives a collector
 * that is down and the end of the process. One set for one SDK: all entries go out with the resource of the first.
 *
 * `forceFlush()` and `shutdown()` take no longer than `shutdownTimeoutMillis`; what has not arrived by then waits in the spool, where there is one.
 * @throws SettingsError when an option, or something in the file of settings, is wrong, with all mistakes in one message
 */
export function createProcessors(options: ProcessorsOptions = {}): Processors {
  const notes = new Notes()
  const { settings, mistakes, leftOut } = resolveSettings(options, process.env)
  for (const mistake of mistakes)
    notes.note(`environment.${mistake.where}`, `${describeMistake(mistake)}; the default is used`)
  if (leftOut !== undefined) notes.note('declarative', leftOut)
  return new SdkProcessors(settings, notes)
}

class SdkProcessors implements Processors {
  readonly #settings: Settings
  readonly #road: SdkRoad | undefined
  /** The parts that were handed out and have not ended. */
  readonly #open = new Set<keyof Processors>()
  #logs: LogRecordProcessor | undefined
  #spans: SpanProcessor | undefined
  #metrics: IMetricReader | undefined

  constructor(settings: Settings, notes: Notes) {
    this.#settings = settings
    const { otlp, disabled } = settings
    if (otlp !== undefined && !disabled) this.#road = new SdkRoad(otlp, settings, notes)
    else if (!disabled && !settings.unsent)
      notes.once(
        'no_endpoint',
        'nothing is sent to a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, or { otlp: { endpoint } }',
      )
    plugged.sdks++
  }

  get logRecordProcessor(): LogRecordProcessor {
    this.#logs ??= {
      ...this.#ends('logRecordProcessor'),
      onEmit: (record) => this.#road?.send(record.resource, ({ logs }) => logs(recordOf(record))),
    }
    return this.#logs
  }

  get spanProcessor(): SpanProcessor {
    this.#spans ??= {
      ...this.#ends('spanProcessor'),
      onStart: () => {},
      onEnd: (span) => {
        if ((span.spanContext().traceFlags & SAMPLED) !== 0)
          this.#road?.send(span.resource, ({ spans }) => spans(spanOf(span)))
      },
    }
    return this.#spans
  }

  get metricReader(): IMetricReader {
    if (this.#metrics === undefined) {
      const { SpoolMetricReader } = loadMetrics()
      const ends = this.#ends('metricReader')
      this.#metrics = new SpoolMetricReader(
        (collected) => this.#road?.send(collected.resource, ({ metrics }) => metrics(collected)),
        this.#settings.metricIntervalMillis,
        { flush: () => ends.forceFlush(), shutdown: () => ends.shutdown() },
      )
    }
    return this.#metrics
  }

  /** The road ends with the last of its parts. */
  #ends(part: keyof Processors): { forceFlush(): Promise<void>; shutdown(): Promise<void> } {
    const { shutdownTimeoutMillis } = this.#settings
    this.#open.add(part)
    return {
      forceFlush: async () => {
        await this.#road?.flush(false, shutdownTimeoutMillis)
      },
      shutdown: async () => {
        if (!this.#open.delete(part)) return
        if (this.#open.size > 0) await this.#road?.flush(true, shutdownTimeoutMillis)
        else {
          plugged.sdks--
          await this.#road?.shutdown(shutdownTimeoutMillis)
        }
      },
    }
  }
}
