import { context, logs, propagation, trace } from '@opentelemetry/api'
import { AsyncContextManager } from '../../src/context/index.ts'
import { ClewLoggerProvider, pipeline } from '../../src/logging/index.ts'
import { mergedFields, type Encoding, type Fields, type LogRecordData } from '../../src/otlp/index.ts'
import {
  ClewTracerProvider,
  createSampler,
  TraceContextPropagator,
  type RecordingSpan,
} from '../../src/tracing/index.ts'
import { createEncoding } from './encoding.ts'

/** What was said, as tests want to compare it. */
export interface SaidRecord {
  readonly level: string
  readonly component: string
  readonly body: unknown
  readonly fields: Fields
  readonly data: LogRecordData
}

/** Everything that clew's own parts were told in this process. */
export interface Telemetry {
  readonly records: SaidRecord[]
  readonly spans: RecordingSpan[]
  readonly encoding: Encoding
  stop(): void
}

/** Registers clew's providers with outputs that only keep, as `init()` registers them with real ones. */
export function startTelemetry(threshold = 0): Telemetry {
  const records: SaidRecord[] = []
  const spans: RecordingSpan[] = []
  const emit = (data: LogRecordData): void => {
    const fields = mergedFields(data.context, data.bound, data.fields)
    records.push({ level: data.severityText, component: data.scope.name, body: data.body, fields, data })
  }
  const failed = (_output: string, error: unknown): void => {
    throw error
  }
  pipeline.components.setLevels({ threshold, components: {} })
  const encoding = createEncoding()
  pipeline.start({ outputs: [{ name: 'test', minimumSeverity: 0, emit }], encoding, failed })
  trace.setGlobalTracerProvider(
    new ClewTracerProvider({ sampler: createSampler('parentbased_always_on', 1), ended: (span) => spans.push(span) }),
  )
  context.setGlobalContextManager(new AsyncContextManager())
  propagation.setGlobalPropagator(new TraceContextPropagator())
  logs.setGlobalLoggerProvider(new ClewLoggerProvider())
  const stop = (): void => {
    pipeline.stop()
    for (const api of [trace, context, propagation, logs]) api.disable()
  }
  return { records, spans, encoding, stop }
}
