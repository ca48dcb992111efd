import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncContextManager } from '../../src/context/index.ts'
import { pipeline, type LogOutput } from '../../src/logging/index.ts'
import { mergedFields, type LogRecordData, type SpanData } from '../../src/otlp/index.ts'
import { createRedactor } from '../../src/privacy/index.ts'
import { ClewTracerProvider, createSampler, TraceContextPropagator } from '../../src/tracing/index.ts'
import { DEFAULT_LIMITS, ValueSafety } from '../../src/values/index.ts'

/** A record as a test compares it. */
export interface SeenRecord {
  readonly level: string
  readonly component: string
  readonly message: unknown
  readonly event: string | undefined
  readonly fields: Record<string, unknown>
  readonly error: LogRecordData['error']
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** What a test's program says while it runs: its records and ended spans, in order. */
export class Telemetry {
  readonly records: SeenRecord[] = []
  readonly spans: SpanData[] = []

  start(): void {
    const output: LogOutput = { name: 'test', minimumSeverity: 0, emit: (record) => this.records.push(seen(record)) }
    pipeline.start({ outputs: [output], safety: new ValueSafety(createRedactor(), DEFAULT_LIMITS), failed: rethrow })
    trace.setGlobalTracerProvider(
      new ClewTracerProvider({ sampler: createSampler('always_on', 1), ended: (span) => this.spans.push(span) }),
    )
    context.setGlobalContextManager(new AsyncContextManager())
    propagation.setGlobalPropagator(new TraceContextPropagator())
  }

  stop(): void {
    pipeline.stop()
    for (const api of [trace, context, propagation]) api.disable()
  }

  clear(): void {
    this.records.length = 0
    this.spans.length = 0
  }

  /** The records of one message, of one end if asked for. */
  said(message: string, role?: string): SeenRecord[] {
    return this.records.filter(
      (record) => record.message === message && (role === undefined || record.fields['websocket.role'] === role),
    )
  }
}

function rethrow(_: string, error: unknown): never {
  throw error
}

function seen(record: LogRecordData): SeenRecord {
  return {
    level: record.severityText,
    component: record.scope.name,
    message: record.body,
    event: record.eventName,
    fields: { ...mergedFields(record.context, record.bound, record.fields) },
    error: record.error,
    traceId: record.trace?.traceId,
    spanId: record.trace?.spanId,
  }
}
