import type {
  AnyValue,
  Attributes,
  Context,
  HrTime,
  Link,
  LoggerProvider,
  MeterProvider,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
  TracerProvider,
} from '@opentelemetry/api'

/*
 * What OpenTelemetry's SDK packages hand to their plugins, by shape: clew works with those packages and needs none of them.
 * The tests hold these shapes to the real ones.
 */

/** @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export interface InstrumentationScope {
  readonly name: string
  readonly version?: string
  readonly schemaUrl?: string
}

/** @see https://opentelemetry.io/docs/specs/otel/resource/sdk/ */
export interface Resource {
  readonly attributes: Attributes
  readonly asyncAttributesPending?: boolean
  readonly schemaUrl?: string
  waitForAsyncAttributes?(): Promise<void>
  merge(other: Resource | null): Resource
  getRawAttributes(): [string, AnyValue][]
}

/** A log record as it is exported. */
export interface ReadableLogRecord {
  readonly hrTime: HrTime
  readonly hrTimeObserved: HrTime
  readonly spanContext?: SpanContext
  readonly severityText?: string
  readonly severityNumber?: number
  readonly body?: AnyValue
  readonly eventName?: string
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  readonly attributes: Attributes
  readonly droppedAttributesCount: number
}

/** A log record that processors may change, until the last of them has seen it. */
export interface ReadWriteLogRecord extends ReadableLogRecord {
  hrTime: HrTime
  hrTimeObserved: HrTime
  spanContext?: SpanContext
  severityText?: string
  severityNumber?: number
  body?: AnyValue
  eventName?: string
  droppedAttributesCount: number
  setAttribute(key: string, value?: AnyValue): ReadWriteLogRecord
  setAttributes(attributes: Attributes): ReadWriteLogRecord
  setBody(body: AnyValue): ReadWriteLogRecord
  setEventName(eventName: string): ReadWriteLogRecord
  setSeverityNumber(severityNumber: number): ReadWriteLogRecord
  setSeverityText(severityText: string): ReadWriteLogRecord
}

/** An ended span. */
export interface ReadableSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly spanContext: () => SpanContext
  readonly parentSpanContext?: SpanContext
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly links: Link[]
  readonly events: TimedEvent[]
  readonly duration: HrTime
  readonly ended: boolean
  readonly resource: Resource
  readonly instrumentationScope: InstrumentationScope
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

/** An event of a span. */
export interface TimedEvent {
  time: HrTime
  name: string
  attributes?: Attributes
  droppedAttributesCount?: number
}

/** A processor of `@opentelemetry/sdk-logs`, or one's own. @see https://opentelemetry.io/docs/specs/otel/logs/sdk/#logrecordprocessor */
export interface LogRecordProcessor {
  onEmit(record: ReadWriteLogRecord, context?: Context): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** A processor of `@opentelemetry/sdk-trace`, or one's own. @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-processor */
export interface SpanProcessor {
  onStart(span: Span & ReadableSpan, parentContext: Context): void
  onEnding?(span: Span & ReadableSpan): void
  onEnd(span: ReadableSpan): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** An instrumentation of `@opentelemetry/instrumentation`, or one's own. @see https://opentelemetry.io/docs/concepts/instrumentation/libraries/ */
export interface OtelInstrumentation {
  readonly instrumentationName: string
  readonly instrumentationVersion?: string
  enable(): void
  disable(): void
  setTracerProvider(provider: TracerProvider): void
  setMeterProvider(provider: MeterProvider): void
  setLoggerProvider?(provider: LoggerProvider): void
  getConfig(): { enabled?: boolean }
  setConfig(config: object): void
}
