import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncContextManager } from '../../../../src/context/index.ts'
import { pipeline } from '../../../../src/logging/index.ts'
import { mergedFields, type LogRecordData } from '../../../../src/otlp/index.ts'
import { createRedactor } from '../../../../src/privacy/index.ts'
import {
  ClewTracerProvider,
  createSampler,
  TraceContextPropagator,
  type RecordingSpan,
} from '../../../../src/tracing/index.ts'
import { DEFAULT_LIMITS, ValueSafety } from '../../../../src/values/index.ts'
import { createHttpInstrumentation, type HttpOptions } from '../../../../instrumentations/http/index.ts'

/** A record as its readers see it. */
export interface SeenRecord {
  readonly component: string
  readonly level: string
  readonly message: unknown
  readonly event: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly error: string | undefined
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** A span as its readers see it. */
export interface SeenSpan {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client'
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly failed: boolean
}

/** Everything that is said, kept; with the HTTP instrumentation at work. */
export class Recording {
  readonly records: SeenRecord[] = []
  readonly spans: SeenSpan[] = []
  readonly failures: unknown[] = []
  readonly #waiting = new Set<() => void>()
  readonly instrumentation

  constructor(options: HttpOptions = {}) {
    const ended = (span: RecordingSpan): void => this.#add(() => this.spans.push(seenSpan(span)))
    trace.setGlobalTracerProvider(new ClewTracerProvider({ sampler: createSampler('parentbased_always_on', 1), ended }))
    context.setGlobalContextManager(new AsyncContextManager())
    propagation.setGlobalPropagator(new TraceContextPropagator())
    pipeline.components.setLevels({ threshold: 0, components: {} })
    const emit = (record: LogRecordData): void => this.#add(() => this.records.push(seenRecord(record)))
    const safety = new ValueSafety(createRedactor(), DEFAULT_LIMITS)
    pipeline.start({
      outputs: [{ name: 'recording', minimumSeverity: 0, emit }],
      safety,
      failed: (_output, error) => this.failures.push(error),
    })
    this.instrumentation = createHttpInstrumentation({ onError: (error) => this.failures.push(error), ...options })
    this.instrumentation.enable()
  }

  #add(push: () => void): void {
    push()
    for (const check of this.#waiting) check()
  }

  /** Resolves as soon as what is looked for has been said. */
  async until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(check)
        resolve(found)
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** The one record with this message, once it has been said. */
  record(message: string): Promise<SeenRecord> {
    return this.until(() => this.records.find((record) => record.message === message))
  }

  /** That many spans of a kind, once they have ended. */
  async spansOf(kind: SeenSpan['kind'], count: number): Promise<SeenSpan[]> {
    return this.until(() => {
      const found = this.spans.filter((span) => span.kind === kind)
      return found.length >= count ? found : undefined
    })
  }

  async span(kind: SeenSpan['kind']): Promise<SeenSpan> {
    const [span] = await this.spansOf(kind, 1)
    return span as SeenSpan
  }

  /** Ends it; throws what our own code failed at meanwhile. */
  stop(): void {
    this.instrumentation.disable()
    pipeline.stop()
    for (const api of [trace, context, propagation]) api.disable()
    if (this.failures.length > 0) throw new AggregateError(this.failures, 'the instrumentation failed')
  }
}

function seenRecord(record: LogRecordData): SeenRecord {
  return {
    component: record.scope.name,
    level: record.severityText,
    message: record.body,
    event: record.eventName,
    fields: mergedFields(record.context, record.bound, record.fields),
    error: record.error?.message,
    traceId: record.trace?.traceId,
    spanId: record.trace?.spanId,
  }
}

function seenSpan(span: RecordingSpan): SeenSpan {
  return {
    name: span.name,
    kind: (['internal', 'server', 'client'] as const)[span.kind - 1] ?? 'internal',
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    attributes: mergedFields(span.context, undefined, span.attributes),
    failed: span.statusCode === 2,
  }
}
