import { createInstrumentations } from '../instrumentations/index.ts'
import type { Instrumentation } from '../instrumentations/instrumentation.ts'
import type { Clew, ClewStatus } from './clew.ts'
import { Deadline } from './deadline.ts'
import type { Notes } from './diagnostics/index.ts'
import { registerGlobals } from './globals.ts'
import {
  changeLevel,
  getLogger,
  operationDefaults,
  parseLevel,
  pipeline,
  TraceSampling,
  type LevelChangeOptions,
  type LogOutput,
} from './logging/index.ts'
import { LazyMeterProvider } from './metrics/index.ts'
import { createEncoding, encodeResource, type Encoding } from './otlp/index.ts'
import { createConsoleOutput, createMetricOutput, createOtlpOutput, createSpanOutput } from './outputs/index.ts'
import type { Plugins } from './plugins/index.ts'
import { createRedactor } from './privacy/index.ts'
import { RecordLimits } from './record-limits.ts'
import { watchProcessEnd } from './process-end.ts'
import { SelfTelemetry, tellOutage } from './self-telemetry.ts'
import { shownUrl, type LevelOption, type Settings } from './settings/index.ts'
import { startPlugins } from './start-plugins.ts'
import { TelemetryRoad } from './telemetry-road.ts'
import { ClewTracerProvider, createPropagator, SpanCounts, type RecordingSpan } from './tracing/index.ts'
import { DEFAULT_SAFETY, errorDetails } from './values/index.ts'

const EXIT_TIMEOUT_MILLIS = 2_000
/** For the reader of a pipe that is slow. */
const OUTPUTS_TIMEOUT_MILLIS = 1_000
/** For the goodbye of delivery after it could not deliver: long enough to write its books. */
const GOODBYE_MILLIS = 100

/** clew while it runs: all parts put together from the settings, and taken apart again. */
export class RunningClew implements Clew {
  readonly #settings: Settings
  readonly #road: TelemetryRoad | undefined
  readonly #plugins: Plugins | undefined
  readonly #sampling: TraceSampling | undefined
  readonly #meters: LazyMeterProvider | undefined
  readonly #self: SelfTelemetry | undefined
  readonly #spanCounts = new SpanCounts()
  readonly #limits: RecordLimits
  readonly #outputs: readonly LogOutput[]
  readonly #instrumentations: readonly Instrumentation[]
  readonly #unwatch: () => void
  readonly #notes: Notes
  readonly #stopped: () => void
  #releaseGlobals = (): void => {}
  #ended: Promise<void> | undefined
  #exited = false

  /** @param stopped hears when it was shut down */
  constructor(settings: Settings, notes: Notes, stopped: () => void) {
    this.#settings = settings
    this.#notes = notes
    this.#stopped = stopped
    const encoding = createEncoding(createRedactor(settings.privacy))
    this.#road = this.#openRoad(encoding)
    this.#plugins = startPlugins(settings, encoding, (plugin, error) =>
      notes.note('plugin', `${plugin} failed: ${describe(error)}`),
    )
    this.#sampling = settings.logSampling === 'trace' ? new TraceSampling(this.#plugins?.logs) : undefined
    this.#outputs = this.#startLogging(encoding)
    this.#limits = new RecordLimits(settings)
    this.#meters = this.#createMeters(encoding)
    this.#self = this.#createSelfTelemetry(encoding)
    if (!settings.disabled) this.#registerGlobals(encoding)
    this.#instrumentations = settings.disabled
      ? []
      : createInstrumentations(settings, (error) =>
          this.#notes.note('instrumentation', `an instrumentation failed: ${describe(error)}`),
        )
    for (const instrumentation of this.#instrumentations) instrumentation.enable()
    this.#unwatch = watchProcessEnd({
      uncaught: uncaughtRecord,
      interrupted: () => this.#interrupted(),
      idle: () => void this.#road?.idle(EXIT_TIMEOUT_MILLIS).catch((error: unknown) => this.#noteFailed('otlp', error)),
      exit: () => this.#exit(EXIT_TIMEOUT_MILLIS),
    })
  }

  #openRoad(encoding: Encoding): TelemetryRoad | undefined {
    const { otlp, unsent, resource, disabled, spool } = this.#settings
    if (otlp !== undefined && !disabled) {
      const options = { spool, recovered: tellOutage }
      return new TelemetryRoad(otlp, encodeResource(resource, encoding), this.#notes, options)
    }
    if (!disabled && !unsent && this.#settings.environment !== 'development') {
      this.#notes.once(
        'no_endpoint',
        'nothing is sent to a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, or init({ otlp: { endpoint } })',
      )
    }
    return undefined
  }

  #startLogging(encoding: Encoding): readonly LogOutput[] {
    const { console, disabled, level, componentLevels, modules, slowMillis, otlp } = this.#settings
    const outputs: LogOutput[] = []
    if (console.enabled) outputs.push(createConsoleOutput(console.format, encoding, process.stdout, console.colour))
    if (this.#road !== undefined && otlp?.endpoints.logs !== undefined)
      outputs.push(createOtlpOutput(this.#road.spool, encoding))
    operationDefaults.slowMillis = slowMillis
    pipeline.components.setLevels({ threshold: level, components: componentLevels, modules })
    pipeline.start({
      outputs: disabled ? [] : outputs,
      safety: encoding.safety,
      stage: this.#sampling?.stage ?? this.#plugins?.logs,
      failed: (output, error) => this.#noteFailed(output, error),
      encoding,
    })
    return outputs
  }

  #spanSink(encoding: Encoding): (span: RecordingSpan) => void {
    const isSent = this.#road !== undefined && this.#settings.otlp?.endpoints.traces !== undefined
    const output = isSent ? createSpanOutput(this.#road.spool, encoding) : () => {}
    return (span) => {
      this.#spanCounts.ended(span.traceFlags)
      this.#limits.spanEnded(span)
      try {
        output(span)
      } catch (error) {
        this.#noteFailed('otlp', error, 'a span')
      }
    }
  }

  #createMeters(encoding: Encoding): LazyMeterProvider | undefined {
    const road = this.#settings.otlp?.endpoints.metrics === undefined ? undefined : this.#road
    const users = this.#plugins?.metrics
    if (road === undefined && users === undefined) return undefined
    const failed = (error: unknown): void => this.#noteFailed('otlp', error, 'a metric')
    const sink = road === undefined ? undefined : createMetricOutput(road.spool, encoding, failed)
    return new LazyMeterProvider(sink, { intervalMillis: this.#settings.metricIntervalMillis, users, failed })
  }

  /** Only where metrics are sent. */
  #createSelfTelemetry(encoding: Encoding): SelfTelemetry | undefined {
    const { otlp, metricIntervalMillis: intervalMillis } = this.#settings
    if (this.#road === undefined || otlp?.endpoints.metrics === undefined) return undefined
    const sink = createMetricOutput(this.#road.spool, encoding, (error) => this.#noteFailed('otlp', error, 'a metric'))
    const parts = { road: this.#road, endpoints: otlp.endpoints, spans: this.#spanCounts }
    return new SelfTelemetry({ ...parts, sink, intervalMillis })
  }

  #registerGlobals(encoding: Encoding): void {
    const { sampler, propagators, contextManager } = this.#settings
    const spans = this.#plugins?.spans
    const sink = this.#spanSink(encoding)
    const counts = this.#spanCounts
    const globals = registerGlobals({
      tracers: new ClewTracerProvider(
        spans === undefined ? { sampler, counts, ended: sink } : { sampler, counts, ...spans.before(sink) },
      ),
      meters: this.#meters,
      propagator: createPropagator(propagators, (name, packageName) =>
        this.#notes.note(
          'propagator',
          `${name} is left out: it needs a package that is not here: npm install ${packageName}`,
        ),
      ),
      contextManager,
    })
    this.#releaseGlobals = () => globals.release()
    if (globals.foreign !== undefined) this.#notes.once('foreign_sdk', globals.foreign)
  }

  async flush(timeoutMillis = 10_000): Promise<boolean> {
    const deadline = new Deadline(timeoutMillis)
    const pluginsDone = this.#plugins?.flush(deadline.left)
    await this.#collect(deadline, this.#meters?.flush())
    this.#self?.emit()
    const arrived = (await this.#road?.flush(false, deadline.left)) ?? true
    return (await pluginsDone) !== false && arrived
  }

  /** Waits for the metrics to be in the spool; a failure is noted. */
  async #collect(deadline: Deadline, collected: Promise<void> | undefined): Promise<void> {
    try {
      await deadline.wait(collected)
    } catch (error) {
      this.#noteFailed('otlp', error, 'a metric')
    }
  }

  shutdown(): Promise<void> {
    this.#ended ??= this.#shutdown()
    return this.#ended
  }

  /** All steps have one deadline. After a failure to deliver, only a short rest of it blocks the event loop. */
  async #shutdown(): Promise<void> {
    const deadline = new Deadline(this.#settings.shutdownTimeoutMillis)
    this.#disableInstrumentations()
    const pluginsDone = this.#plugins?.shutdown(Math.max(0, deadline.left - GOODBYE_MILLIS))
    await this.#collect(deadline, this.#meters?.shutdown())
    this.#self?.emit()
    this.#self?.stop()
    this.#limits.stop()
    pipeline.stop()
    const arrived = (await this.#road?.flush(true, deadline.left)) ?? true
    await pluginsDone
    this.#unwatch()
    this.#exit(Math.min(deadline.left, arrived ? EXIT_TIMEOUT_MILLIS : GOODBYE_MILLIS))
    this.#road?.stop()
    this.#releaseGlobals()
    this.#stopped()
  }

  /** Last enabled, first disabled: two of them patch the same method. Closes the books of what is still open, such as WebSocket sessions. */
  #disableInstrumentations(): void {
    for (const instrumentation of this.#instrumentations.toReversed()) instrumentation.disable()
  }

  #exit(timeoutMillis: number): void {
    if (this.#exited) return
    this.#exited = true
    try {
      this.#disableInstrumentations()
      this.#limits.report()
      this.#endOutputs(Math.min(timeoutMillis, OUTPUTS_TIMEOUT_MILLIS))
      this.#road?.exit(timeoutMillis)
    } catch (error) {
      this.#notes.note('process_end', `something failed while the process ended: ${describe(error)}`)
    }
  }

  #endOutputs(timeoutMillis: number): void {
    for (const output of this.#outputs) {
      try {
        output.end?.(timeoutMillis)
      } catch (error) {
        this.#notes.note('left_out', `${output.name}: ${describe(error)}`)
      }
    }
  }

  #interrupted(): void {
    try {
      this.#road?.spool.seal()
    } catch (error) {
      this.#notes.note('process_end', `something failed while the process was interrupted: ${describe(error)}`)
    }
  }

  status(): ClewStatus {
    const { logs, traces, metrics } = this.#settings.otlp?.endpoints ?? {}
    const url = (logs ?? traces ?? metrics)?.url
    return {
      running: this.#ended === undefined,
      service: this.#settings.service,
      environment: this.#settings.environment,
      endpoint: url === undefined ? undefined : shownUrl(url),
      instrumentations: this.#instrumentations.map((instrumentation) => instrumentation.status()),
      delivery: this.#road?.status(),
      leftOut: pipeline.leftOut,
      unsampled: this.#sampling?.leftOut ?? 0,
    }
  }

  #noteFailed(output: string, error: unknown, what = 'a record'): void {
    this.#notes.note(`output.${output}`, `${what} could not be written to ${output}: ${describe(error)}`)
  }

  setLevel(level: LevelOption, change: string | LevelChangeOptions = {}): void {
    const threshold = parseLevel(level)
    if (threshold === undefined)
      throw new RangeError(
        `setLevel: found ${JSON.stringify(level)}; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF`,
      )
    changeLevel(threshold, typeof change === 'string' ? { component: change } : change, 'call')
  }
}

function uncaughtRecord(error: unknown, origin: string): void {
  getLogger('process').critical(
    origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception',
    error,
    {},
  )
}

/** One line about an error, safe to be shown. */
function describe(error: unknown): string {
  const { type, message } = errorDetails(error, DEFAULT_SAFETY)
  return `${type}: ${message}`
}
