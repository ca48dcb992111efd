import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import {
  assembleRequest,
  ByteWriter,
  createEncoding,
  createScope,
  encodeLog,
  encodeMetric,
  encodeResource,
  encodeSpan,
  type LogRecordData,
  type SpanData,
} from '../../src/otlp/index.ts'
import { instrumentationScope, resource } from './otlp-arbitraries.ts'

/** Takes nothing out: what is compared is how values are written, and random text may look like a secret. */
export const plainEncoding = createEncoding({ keyRule: () => undefined, text: (text) => text })

const scope = createScope(instrumentationScope.name, instrumentationScope.version)
const resourceBytes = encodeResource(resource.attributes, plainEncoding)

/** A request as clew sends it, with what a function writes as its items. */
export function ourRequest(encode: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(16)
  encode(writer)
  return assembleRequest(resourceBytes, [{ scope: scope.bytes, items: [writer.copy()] }])
}

const NO_UID = { attribute: new Uint8Array(), text: () => '' }

/** What the official SDK would send of the record, sent by clew; without the id that clew gives each record. */
export function ourLog(record: ReadableLogRecord): Uint8Array {
  const data: LogRecordData = {
    timeMillis: millis(record.hrTime),
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    body: record.body,
    eventName: record.eventName,
    scope,
    context: undefined,
    bound: undefined,
    fields: record.attributes,
    error: undefined,
    trace: record.spanContext,
    uid: NO_UID,
  }
  return ourRequest((writer) => encodeLog(writer, data, plainEncoding))
}

/** The same for a span. */
export function ourSpan(span: ReadableSpan): Uint8Array {
  const data: SpanData = {
    ...span.spanContext(),
    traceState: undefined,
    parentSpanId: span.parentSpanContext?.spanId,
    parentIsRemote: span.parentSpanContext?.isRemote === true,
    name: span.name,
    kind: span.kind + 1,
    startMillis: millis(span.startTime),
    endMillis: millis(span.endTime),
    attributes: span.attributes,
    context: undefined,
    events: span.events.map(({ time, name, attributes = {} }) => ({ timeMillis: millis(time), name, attributes })),
    links: span.links.map(({ context: { traceId, spanId, traceFlags, isRemote }, attributes = {} }) => ({
      context: { traceId, spanId, traceFlags, isRemote },
      attributes,
    })),
    droppedAttributes: span.droppedAttributesCount,
    droppedEvents: span.droppedEventsCount,
    droppedLinks: span.droppedLinksCount,
    statusCode: span.status.code,
    statusMessage: span.status.message,
  }
  return ourRequest((writer) => encodeSpan(writer, data, plainEncoding))
}

/** The same for a metric. */
export function ourMetric(metric: MetricData): Uint8Array {
  return ourRequest((writer) => encodeMetric(writer, metric, plainEncoding))
}

/** A metric as the official serializers take it. */
export function metricsRequest(metric: MetricData): ResourceMetrics {
  return { resource, scopeMetrics: [{ scope: instrumentationScope, metrics: [metric] }] }
}

function millis([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1_000 + nanos / 1e6
}

/**
 * What a request in OTLP JSON says, in one form of the several that the protocol allows: a field with its default value is the same as none; not inside AnyValue and the values of data points,
 * where it is given on purpose.
 */
export function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, item]): [string, unknown] => [name, withoutDefaults(item)])
  return Object.fromEntries(entries.filter(([name, item]) => VALUES.has(name) || !isDefault(item)))
}

const INTEGERS = ['intValue', 'asInt', 'count', 'zeroCount', 'timeUnixNano', 'bucketCounts']
const DOUBLES = ['doubleValue', 'asDouble', 'sum', 'min', 'max', 'explicitBounds']
const VALUES = new Set(['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue', 'asInt', 'asDouble', 'sum', 'min', 'max']) // prettier-ignore

function isDefault(item: unknown): boolean {
  if (Array.isArray(item)) return item.length === 0
  if (typeof item === 'object' && item !== null) return Object.keys(item).length === 0
  return item === undefined || item === '' || item === 0 || item === '0' || item === false
}

/**
 * The same of what the official JSON serializer wrote, and of what it is compared with: numbers may be decimal text, and it loses or mislabels some values. It writes NaN and the infinities as
 * null, the sign of -0 not at all, lone surrogates as they are, and integers beyond 64 bits, which its own protobuf form has as doubles, as integers.
 */
export function asOfficialJson(value: unknown): unknown {
  return withoutDefaults(common(value))
}

function common(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => common(item, name))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(commonField))
  if (INTEGERS.includes(name) && value !== undefined) return BigInt(value as number).toString()
  if (DOUBLES.includes(name)) return commonDouble(value)
  return typeof value === 'string' ? value.toWellFormed() : value
}

function commonField([name, item]: [string, unknown]): [string, unknown] {
  const tooLarge = name === 'intValue' && (Math.abs(Number(item)) > 2 ** 63 || Number(item) === 2 ** 63)
  return tooLarge ? ['doubleValue', Number(item)] : [name, common(item, name)]
}

function commonDouble(value: unknown): number | null {
  const number = Number(value ?? NaN)
  return Number.isFinite(number) ? number + 0 : null
}
