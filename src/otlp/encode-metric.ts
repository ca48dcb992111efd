import type { DataPoint, ExponentialHistogram, Histogram, MetricData } from '@opentelemetry/sdk-metrics'
import { isInt64, type ByteWriter } from './byte-writer.ts'
import { encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'
import { hex } from './trace-identity.ts'

/** One measurement of those behind a point, and the span it was made in. */
export interface Exemplar {
  readonly value: number
  readonly timeMillis: number
  readonly traceId: string
  readonly spanId: string
}

/** A point as the SDK collects it, with what the SDK does not have. */
export interface ExemplifiedPoint extends DataPoint<unknown> {
  exemplars?: readonly Exemplar[]
}

/** The SDK's DataPointType and AggregationTemporality by value: importing them would load the metrics SDK. */
const HISTOGRAM = 0
const EXPONENTIAL_HISTOGRAM = 1
const GAUGE = 2
const WIRE_TEMPORALITY = [1, 2] as const

/**
 * Writes a metric as the field `metrics` of ScopeMetrics.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export function encodeMetric(writer: ByteWriter, metric: MetricData, encoding: Encoding): void {
  const { descriptor } = metric
  const start = writer.open(0x12)
  writer.string(0x0a, encoding.safety.text(descriptor.name))
  if (descriptor.description !== '') writer.string(0x12, encoding.safety.text(descriptor.description))
  if (descriptor.unit !== '') writer.string(0x1a, encoding.safety.text(descriptor.unit))
  const data = writer.open(dataTag(metric))
  for (const point of metric.dataPoints) encodePoint(writer, metric, point, encoding)
  if (metric.dataPointType !== GAUGE) {
    writer.byte(0x10)
    writer.byte(WIRE_TEMPORALITY[metric.aggregationTemporality] ?? 2)
  }
  if ('isMonotonic' in metric && metric.isMonotonic) {
    writer.byte(0x18)
    writer.byte(1)
  }
  writer.close(data)
  writer.close(start)
}

function dataTag({ dataPointType }: MetricData): number {
  if (dataPointType === HISTOGRAM) return 0x4a
  if (dataPointType === EXPONENTIAL_HISTOGRAM) return 0x52
  return dataPointType === GAUGE ? 0x2a : 0x3a
}

function encodePoint(writer: ByteWriter, metric: MetricData, point: ExemplifiedPoint, encoding: Encoding): void {
  const start = writer.open(0x0a)
  time(writer, 0x11, point.startTime)
  time(writer, 0x19, point.endTime)
  if (metric.dataPointType === HISTOGRAM) {
    const value = point.value as Histogram
    encodeHistogram(writer, value)
    for (const exemplar of point.exemplars ?? []) encodeExemplar(writer, exemplar)
    encodeAttributes(writer, 0x4a, encoding, point.attributes)
    double(writer, 0x59, finite(value.min))
    double(writer, 0x61, finite(value.max))
  } else if (metric.dataPointType === EXPONENTIAL_HISTOGRAM) {
    encodeExponential(writer, point.value as ExponentialHistogram)
    encodeAttributes(writer, 0x0a, encoding, point.attributes)
  } else {
    encodeNumber(writer, point.value as number, metric.descriptor.valueType === 0)
    encodeAttributes(writer, 0x3a, encoding, point.attributes)
  }
  writer.close(start)
}

function encodeNumber(writer: ByteWriter, value: number, integer: boolean): void {
  if (integer && isInt64(value)) {
    writer.byte(0x31)
    writer.fixed64Integer(value)
  } else double(writer, 0x21, value)
}

function encodeHistogram(writer: ByteWriter, value: Histogram): void {
  writer.byte(0x21)
  writer.fixed64Integer(value.count)
  double(writer, 0x29, value.sum)
  const counts = writer.open(0x32)
  for (const count of value.buckets.counts) writer.fixed64Integer(count)
  writer.close(counts)
  const bounds = writer.open(0x3a)
  for (const bound of value.buckets.boundaries) writer.double(bound)
  writer.close(bounds)
}

function encodeExemplar(writer: ByteWriter, { value, timeMillis, traceId, spanId }: Exemplar): void {
  const start = writer.open(0x42)
  writer.byte(0x11)
  writer.unixNanos(timeMillis)
  double(writer, 0x19, value)
  hex(writer, 0x22, spanId)
  hex(writer, 0x2a, traceId)
  writer.close(start)
}

function encodeExponential(writer: ByteWriter, value: ExponentialHistogram): void {
  writer.byte(0x21)
  writer.fixed64Integer(value.count)
  double(writer, 0x29, value.sum)
  writer.byte(0x30)
  writer.varint(zigzag(value.scale))
  writer.byte(0x39)
  writer.fixed64Integer(value.zeroCount)
  encodeBuckets(writer, 0x42, value.positive)
  encodeBuckets(writer, 0x4a, value.negative)
  double(writer, 0x61, finite(value.min))
  double(writer, 0x69, finite(value.max))
}

function encodeBuckets(writer: ByteWriter, tag: number, buckets: ExponentialHistogram['positive']): void {
  const start = writer.open(tag)
  writer.byte(0x08)
  writer.varint(zigzag(buckets.offset))
  const counts = writer.open(0x12)
  for (const count of buckets.bucketCounts) writer.varint(count)
  writer.close(counts)
  writer.close(start)
}

function double(writer: ByteWriter, tag: number, value: number | undefined): void {
  if (value === undefined) return
  writer.byte(tag)
  writer.double(value)
}

/** The extremes of an empty histogram are infinite, and left out. */
function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function time(writer: ByteWriter, tag: number, [seconds, nanos]: readonly [number, number]): void {
  writer.byte(tag)
  writer.unixNanos(seconds * 1000 + nanos / 1e6)
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2
}
