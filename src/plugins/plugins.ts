import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { LogStage } from '../logging/index.ts'
import { createLogStage } from './log-record-stage.ts'
import { shieldReader } from './metric-readers.ts'
import type { PluginParts } from './plugin-parts.ts'
import type { LogRecordProcessor, Resource, SpanProcessor } from './sdk-shapes.ts'
import { SpanStage } from './span-stage.ts'

/** Processors and readers of the user's. */
export interface PluginSettings {
  readonly logRecordProcessors: readonly LogRecordProcessor[]
  readonly spanProcessors: readonly SpanProcessor[]
  readonly metricReaders: readonly IMetricReader[]
}

/** What a MeterProvider is given for the user's readers. */
export interface UserReaders {
  readonly readers: readonly IMetricReader[]
  readonly resource: Resource
}

type Plugin = LogRecordProcessor | SpanProcessor | IMetricReader

const END_TIMEOUT_MILLIS = 10_000

/** The user's processors and readers at work. What one of them throws or rejects with is told and goes no further. */
export class Plugins {
  /** Undefined when no processor is for records. */
  readonly logs: LogStage | undefined
  /** Undefined when no processor is for spans. */
  readonly spans: SpanStage | undefined
  /** Undefined when there are no readers. */
  readonly metrics: UserReaders | undefined
  readonly #plugins: readonly Plugin[]
  readonly #failed: PluginParts['failed']

  constructor({ logRecordProcessors, spanProcessors, metricReaders }: PluginSettings, parts: PluginParts) {
    this.#plugins = [...logRecordProcessors, ...spanProcessors, ...metricReaders]
    this.#failed = parts.failed
    if (logRecordProcessors.length > 0) this.logs = createLogStage(logRecordProcessors, parts)
    if (spanProcessors.length > 0) this.spans = new SpanStage(spanProcessors, parts)
    if (metricReaders.length > 0)
      this.metrics = {
        readers: metricReaders.map((reader) => shieldReader(reader, parts.encoding)),
        resource: parts.resource,
      }
    process.once('beforeExit', this.#beforeExit)
  }

  /** What a batch still holds would be lost at the natural end of a program. */
  readonly #beforeExit = (): void => {
    void this.#all('forceFlush', END_TIMEOUT_MILLIS)
  }

  /** Asks all of them, at once, to send what they hold. @returns whether all did, in time */
  flush(timeoutMillis: number): Promise<boolean> {
    return this.#all('forceFlush', timeoutMillis)
  }

  /** Asks all of them, at once, to send what they hold and to end. @returns whether all did, in time */
  shutdown(timeoutMillis: number): Promise<boolean> {
    process.removeListener('beforeExit', this.#beforeExit)
    return this.#all('shutdown', timeoutMillis)
  }

  async #all(step: 'forceFlush' | 'shutdown', timeoutMillis: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${step} took longer than ${Math.round(timeoutMillis)} ms`)),
        timeoutMillis,
      )
    })
    over.catch(() => {})
    const done = await Promise.all(this.#plugins.map((plugin) => this.#one(plugin, step, over)))
    clearTimeout(timer)
    return !done.includes(false)
  }

  async #one(plugin: Plugin, step: 'forceFlush' | 'shutdown', over: Promise<never>): Promise<boolean> {
    try {
      await Promise.race([plugin[step](), over])
      return true
    } catch (error) {
      this.#failed(plugin, error)
      return false
    }
  }
}
