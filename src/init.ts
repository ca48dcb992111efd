import { context, logs, metrics, propagation, trace, type MeterProvider } from '@opentelemetry/api'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { isMainThread, workerData } from 'node:worker_threads'
import { createInstrumentations } from '../instrumentations/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentations/instrumentation.ts'
import { AsyncContextManager } from './context/index.ts'
import { Notes } from './diagnostics/index.ts'
import {
  ClewLoggerProvider,
  getLogger,
  operationDefaults,
  parseLevel,
  pipeline,
  type LogOutput,
} from './logging/index.ts'
import { LazyMeterProvider } from './metrics/index.ts'
import { AttributeKeys, createScope, encodeMetric, encodeResource, type Encoding } from './otlp/index.ts'
import { createConsoleOutput, createOtlpOutput, createSpanOutput } from './outputs/index.ts'
import { createRedactor } from './privacy/index.ts'
import { watchProcessEnd } from './process-end.ts'
import {
  describeMistake,
  resolveSettings,
  type InitOptions,
  type LevelOption,
  type Settings,
} from './settings/index.ts'
import { TelemetryRoad, type RoadStatus } from './telemetry-road.ts'
import { ClewTracerProvider, TraceContextPropagator } from './tracing/index.ts'
import { DEFAULT_LIMITS, ValueSafety } from './values/index.ts'

const EXIT_TIMEOUT_MILLIS = 2_000

/** What is on, and what became of what was said. */
export interface ClewStatus {
  readonly running: boolean
  readonly service: string
  readonly environment: string
  /** Where telemetry goes; undefined when it is not sent. */
  readonly endpoint: string | undefined
  readonly instrumentations: readonly InstrumentationStatus[]
  /** Undefined when telemetry is not sent. */
  readonly delivery: RoadStatus | undefined
  /** Records said before `init()` or after `shutdown()`. */
  readonly leftOut: number
}

/** A running clew. */
export interface Clew {
  /** Sends what was said so far. @returns true when all of it has arrived; false when some waits in the spool */
  flush(timeoutMillis?: number): Promise<boolean>
  /** Sends what it can, within the set time, and stops: afterwards nothing is recorded any more. Safe to call twice. */
  shutdown(): Promise<void>
  status(): ClewStatus
  /** Sets the least level that is kept, of everything or of one component. Throws a RangeError for a level that does not exist. */
  setLevel(level: LevelOption, component?: string): void
}

let running: RunningClew | undefined
const notes = new Notes()

/**
 * Starts clew: once, at the start of the program, before or after other imports. Calling it again is harmless: it says so and answers the running one.
 * @throws SettingsError when an option is wrong, with all mistakes in one message
 */
export function init(options: InitOptions = {}): Clew {
  if (running !== undefined) {
    notes.once('init_twice', 'init() was called twice; the first call counts')
    return running
  }
  const { settings, mistakes } = resolveSettings(options, process.env)
  for (const mistake of mistakes)
    notes.note(`environment.${mistake.where}`, `${describeMistake(mistake)}; the default is used`)
  running = new RunningClew(settings)
  return running
}

/** Ends clew as `Clew.shutdown()` does; nothing to do when it is not running. */
export async function shutdown(): Promise<void> {
  await running?.shutdown()
}

/** Whether this thread is clew's own delivery worker, where nothing must be instrumented. */
export function isDeliveryWorker(): boolean {
  return !isMainThread && (workerData as { clewDelivery?: boolean } | null)?.clewDelivery === true
}

class RunningClew implements Clew {
  readonly #settings: Settings
  readonly #road: TelemetryRoad | undefined
  readonly #meters: LazyMeterProvider | undefined
  readonly #instrumentations: readonly Instrumentation[]
  readonly #unwatch: () => void
  #ended: Promise<void> | undefined
  #exited = false

  constructor(settings: Settings) {
    this.#settings = settings
    const redactor = createRedactor()
    const encoding: Encoding = { keys: new AttributeKeys(redactor), safety: new ValueSafety(redactor, DEFAULT_LIMITS) }
    this.#road = this.#openRoad(encoding)
    this.#startLogging(encoding)
    this.#meters =
      this.#road === undefined
        ? undefined
        : new LazyMeterProvider(this.#metricSink(this.#road, encoding), settings.metricIntervalMillis)
    this.#setGlobals(encoding)
    this.#instrumentations = settings.disabled
      ? []
      : createInstrumentations(settings, (error) =>
          notes.note('instrumentation', `an instrumentation failed: ${String(error)}`),
        )
    for (const instrumentation of this.#instrumentations) instrumentation.enable()
    this.#unwatch = watchProcessEnd({ uncaught: uncaughtRecord, exit: () => this.#exit() })
  }

  #openRoad(encoding: Encoding): TelemetryRoad | undefined {
    const { otlp, resource, disabled } = this.#settings
    if (otlp !== undefined && !disabled) return new TelemetryRoad(otlp, encodeResource(resource, encoding), notes)
    if (!disabled && this.#settings.environment !== 'development') {
      notes.once(
        'no_endpoint',
        'nothing is sent to a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, or init({ otlp: { endpoint } })',
      )
    }
    return undefined
  }

  #startLogging(encoding: Encoding): void {
    const { console, disabled, level, componentLevels, slowMillis } = this.#settings
    const outputs: LogOutput[] = []
    if (console.enabled)
      outputs.push(
        createConsoleOutput(
          console.format,
          encoding,
          process.stdout,
          process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
        ),
      )
    if (this.#road !== undefined) outputs.push(createOtlpOutput(this.#road.spool, encoding))
    operationDefaults.slowMillis = slowMillis
    pipeline.components.setLevels({ threshold: level, components: componentLevels })
    const failed = (output: string, error: unknown): void =>
      notes.note(`output.${output}`, `a record could not be written to ${output}: ${String(error)}`)
    pipeline.start({ outputs: disabled ? [] : outputs, safety: encoding.safety, failed })
  }

  #metricSink(road: TelemetryRoad, encoding: Encoding): (collected: ResourceMetrics) => void {
    return ({ scopeMetrics }) => {
      for (const { scope, metrics: collected } of scopeMetrics) {
        const group = createScope(scope.name, scope.version)
        for (const metric of collected)
          road.spool.append('metric', group, metric, (writer, item) => encodeMetric(writer, item, encoding), false)
      }
    }
  }

  #setGlobals(encoding: Encoding): void {
    if (this.#settings.disabled) return
    const ended = this.#road === undefined ? () => {} : createSpanOutput(this.#road.spool, encoding)
    const taken = [
      trace.setGlobalTracerProvider(new ClewTracerProvider({ sampler: this.#settings.sampler, ended })),
      context.setGlobalContextManager(new AsyncContextManager()),
      propagation.setGlobalPropagator(new TraceContextPropagator()),
      logs.setGlobalLoggerProvider(new ClewLoggerProvider()),
      this.#meters === undefined || metrics.setGlobalMeterProvider(this.#meters satisfies MeterProvider),
    ]
    if (taken.includes(false))
      notes.once(
        'foreign_sdk',
        'another OpenTelemetry SDK was registered first: some spans or metrics go there and not to clew; call init() before it, or remove it',
      )
  }

  async flush(timeoutMillis = 10_000): Promise<boolean> {
    await this.#meters?.flush()
    return (await this.#road?.flush(false, timeoutMillis)) ?? true
  }

  shutdown(): Promise<void> {
    this.#ended ??= this.#shutdown()
    return this.#ended
  }

  async #shutdown(): Promise<void> {
    this.#disableInstrumentations()
    await this.#meters?.shutdown()
    pipeline.stop()
    await this.#road?.flush(true, this.#settings.shutdownTimeoutMillis)
    this.#unwatch()
    this.#exit()
    for (const api of [trace, context, propagation, logs, metrics]) api.disable()
    if (running === this) running = undefined
  }

  /** Last enabled, first disabled: two of them patch the same method. Closes the books of what is still open, such as WebSocket sessions. */
  #disableInstrumentations(): void {
    for (const instrumentation of this.#instrumentations.toReversed()) instrumentation.disable()
  }

  #exit(): void {
    if (this.#exited) return
    this.#exited = true
    this.#disableInstrumentations()
    this.#road?.exit(EXIT_TIMEOUT_MILLIS)
  }

  status(): ClewStatus {
    return {
      running: this.#ended === undefined,
      service: this.#settings.service,
      environment: this.#settings.environment,
      endpoint: this.#settings.otlp?.urls.logs,
      instrumentations: this.#instrumentations.map((instrumentation) => instrumentation.status()),
      delivery: this.#road?.status(),
      leftOut: pipeline.leftOut,
    }
  }

  setLevel(level: LevelOption, component?: string): void {
    const threshold = parseLevel(level)
    if (threshold === undefined)
      throw new RangeError(
        `setLevel: found ${JSON.stringify(level)}; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF`,
      )
    const { levels } = pipeline.components
    pipeline.components.setLevels(
      component === undefined
        ? { ...levels, threshold }
        : { ...levels, components: { ...levels.components, [component]: threshold } },
    )
  }
}

function uncaughtRecord(error: unknown, origin: string): void {
  getLogger('process').critical(
    origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception',
    error,
    {},
  )
}
