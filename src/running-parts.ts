import type { Notes } from './diagnostics/index.ts'
import { registerGlobals } from './globals.ts'
import { operationDefaults, pipeline, startLevelControl, TraceSampling, type LogOutput } from './logging/index.ts'
import { LazyMeterProvider } from './metrics/index.ts'
import { createEncoding, encodeResource, type Encoding } from './otlp/index.ts'
import { createConsoleOutput, createMetricOutput, createOtlpOutput, createSpanOutput } from './outputs/index.ts'
import type { FileOutput } from './outputs/files/index.ts'
import type { Plugins } from './plugins/index.ts'
import { createRedactor } from './privacy/index.ts'
import { RecordLimits } from './record-limits.ts'
import { RunningInstrumentations } from './running-instrumentations.ts'
import { SelfTelemetry, tellOutage } from './self-telemetry.ts'
import type { Settings } from './settings/index.ts'
import { startAudit } from './start-audit.ts'
import { startFiles } from './start-files.ts'
import { startPlugins } from './start-plugins.ts'
import { TelemetryRoad } from './telemetry-road.ts'
import { ClewTracerProvider, createPropagator, SpanCounts, type RecordingSpan } from './tracing/index.ts'
import { describeError } from './values/index.ts'

/** Hears of what could not be written: to which output, why, and what it was (a record, when nothing is said). */
type Failed = (output: string, error: unknown, what?: string) => void

/** All that runs, put together from the settings, started as far as it starts by itself. */
export class RunningParts {
  readonly road: TelemetryRoad | undefined
  readonly databaseRoad: TelemetryRoad | undefined
  readonly plugins: Plugins | undefined
  readonly sampling: TraceSampling | undefined
  readonly files: FileOutput | undefined
  readonly outputs: readonly LogOutput[]
  readonly limits: RecordLimits
  /** Hears no more of levels that are changed from outside. */
  readonly stopLevelControl: () => void
  readonly meters: LazyMeterProvider | undefined
  /** Only where metrics are sent. */
  readonly self: SelfTelemetry | undefined
  readonly instrumentations: RunningInstrumentations
  readonly #settings: Settings
  readonly #notes: Notes
  readonly #failed: Failed
  readonly #encoding: Encoding
  readonly #spanCounts = new SpanCounts()
  #releaseGlobals = (): void => {}

  constructor(settings: Settings, notes: Notes, failed: Failed) {
    this.#settings = settings
    this.#notes = notes
    this.#failed = failed
    this.#encoding = createEncoding(createRedactor(settings.privacy))
    this.road = this.#openRoad()
    this.databaseRoad = this.#openDatabaseRoad()
    this.plugins = startPlugins(settings, this.#encoding, (plugin, error) =>
      notes.note('plugin', `${plugin} failed: ${describeError(error)}`),
    )
    this.sampling = settings.logSampling === 'trace' ? new TraceSampling(this.plugins?.logs) : undefined
    this.files = startFiles(settings, this.#encoding, notes)
    this.outputs = this.#createOutputs()
    this.#startLogging()
    if (!settings.disabled) startAudit(settings.audit, notes)
    this.limits = new RecordLimits(settings)
    this.stopLevelControl = startLevelControl(settings.levelControl, (kind, message) => notes.note(kind, message))
    const metricSink = this.#metricSink()
    this.meters = this.#createMeters(metricSink)
    this.self = this.#createSelfTelemetry(metricSink)
    this.instrumentations = new RunningInstrumentations(settings, notes)
    if (!settings.disabled) this.#registerGlobals()
    this.instrumentations.enable()
  }

  /** Gives the OpenTelemetry API back. */
  releaseGlobals(): void {
    this.#releaseGlobals()
  }

  #openRoad(): TelemetryRoad | undefined {
    const { otlp, unsent, resource, disabled, spool, environment } = this.#settings
    if (otlp !== undefined && !disabled) {
      const options = { spool, recovered: tellOutage }
      return new TelemetryRoad(otlp, encodeResource(resource, this.#encoding), this.#notes, options)
    }
    if (!disabled && !unsent && environment !== 'development') {
      this.#notes.once(
        'no_endpoint',
        'nothing is sent to a collector: set OTEL_EXPORTER_OTLP_ENDPOINT, or init({ otlp: { endpoint } })',
      )
    }
    return undefined
  }

  #openDatabaseRoad(): TelemetryRoad | undefined {
    const { database, disabled, resource, spool } = this.#settings
    if (database === undefined || disabled) return undefined
    const way = { endpoints: {}, proxy: undefined, spoolDirectory: database.spoolDirectory }
    return new TelemetryRoad(way, encodeResource(resource, this.#encoding), this.#notes, { spool, database })
  }

  /** All roads that are open. */
  get roads(): readonly TelemetryRoad[] {
    return [this.road, this.databaseRoad].filter((road) => road !== undefined)
  }

  #createOutputs(): readonly LogOutput[] {
    const { console, database, otlp } = this.#settings
    const outputs: LogOutput[] = []
    if (console.enabled)
      outputs.push(createConsoleOutput(console.format, this.#encoding, process.stdout, console.colour))
    if (this.files !== undefined) outputs.push(this.files)
    const { road, databaseRoad } = this
    if (road !== undefined && otlp?.endpoints.logs !== undefined)
      outputs.push(createOtlpOutput(road.spool, this.#encoding, { keeps: () => road.isOnDisk }))
    if (databaseRoad !== undefined && database !== undefined) {
      const options = { name: 'database', minimumSeverity: database.level, keeps: () => databaseRoad.isOnDisk }
      outputs.push(createOtlpOutput(databaseRoad.spool, this.#encoding, options))
    }
    return outputs
  }

  #startLogging(): void {
    const { disabled, level, componentLevels, modules, slowMillis } = this.#settings
    operationDefaults.slowMillis = slowMillis
    pipeline.components.setLevels({ threshold: level, components: componentLevels, modules })
    pipeline.start({
      outputs: disabled ? [] : this.outputs,
      encoding: this.#encoding,
      stage: this.sampling?.stage ?? this.plugins?.logs,
      failed: this.#failed,
    })
  }

  #spanSink(): (span: RecordingSpan) => void {
    const isSent = this.road !== undefined && this.#settings.otlp?.endpoints.traces !== undefined
    const output = isSent ? createSpanOutput(this.road.spool, this.#encoding) : () => {}
    return (span) => {
      this.#spanCounts.ended(span.traceFlags)
      try {
        output(span)
      } catch (error) {
        this.#failed('otlp', error, 'a span')
      }
    }
  }

  readonly #metricFailed = (error: unknown): void => this.#failed('otlp', error, 'a metric')

  /** Undefined where metrics are not sent. */
  #metricSink(): ReturnType<typeof createMetricOutput> | undefined {
    if (this.road === undefined || this.#settings.otlp?.endpoints.metrics === undefined) return undefined
    return createMetricOutput(this.road.spool, this.#encoding, this.#metricFailed)
  }

  #createMeters(sink: ReturnType<typeof createMetricOutput> | undefined): LazyMeterProvider | undefined {
    const users = this.plugins?.metrics
    if (sink === undefined && users === undefined) return undefined
    const intervalMillis = this.#settings.metricIntervalMillis
    const isQuiet = (scope: string): boolean => this.instrumentations.isQuiet(scope)
    return new LazyMeterProvider(sink, { intervalMillis, users, failed: this.#metricFailed, isQuiet })
  }

  #createSelfTelemetry(sink: ReturnType<typeof createMetricOutput> | undefined): SelfTelemetry | undefined {
    const { otlp, metricIntervalMillis: intervalMillis, runtimeMetrics: runtime } = this.#settings
    if (this.road === undefined || otlp === undefined || sink === undefined) return undefined
    const { endpoints } = otlp
    return new SelfTelemetry({ road: this.road, endpoints, spans: this.#spanCounts, sink, intervalMillis, runtime })
  }

  #registerGlobals(): void {
    const { sampler, propagators, contextManager, spanLimits: limits } = this.#settings
    const spans = this.plugins?.spans
    const sink = this.#spanSink()
    const { isQuiet } = this.instrumentations
    const parts = { sampler, limits, counts: this.#spanCounts, isQuiet }
    const globals = registerGlobals({
      tracers: new ClewTracerProvider(
        this.limits.watch({ ...parts, ...(spans === undefined ? { ended: sink } : spans.before(sink)) }),
      ),
      meters: this.meters,
      propagator: createPropagator(propagators, (name, packageName) =>
        this.#notes.note(
          'propagator',
          `${name} is left out: it needs a package that is not here: npm install ${packageName}`,
        ),
      ),
      contextManager,
      isQuiet,
    })
    this.#releaseGlobals = () => globals.release()
    if (globals.foreign !== undefined) this.#notes.once('foreign_sdk', globals.foreign)
  }
}
