import { type AnyValue, type Attributes, type SpanContext, ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'

/** Telemetry as the official SDK's serializers take it, made at random. Times are whole microseconds, as ours are. */

export const resource = resourceFromAttributes({ 'service.name': 'shop' })
export const instrumentationScope = { name: 'orders', version: '1.2.3' }

/** Any UTF-16 units: lone surrogates too. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0xffff })))
    .map((units) => String.fromCharCode(...units)),
  fc.tuple(fc.constantFrom('x', 'é', '€', '🙂'), fc.integer({ min: 0, max: 9_000 })).map(([c, n]) => c.repeat(n)),
)

const EDGES = [1e21, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 60, 2 ** 63, 2 ** 64, 2 ** 31, 2 ** 32, 2 ** 35]

/** Any number: NaN, the infinities and -0 too. */
const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(...EDGES, ...EDGES.map((edge) => -edge), 0, -0, NaN, Infinity, -Infinity),
)

const key = fc.oneof(fc.string(), fc.constantFrom('order.id', '__proto__', 'constructor', '7', ''))

function record<V>(value: fc.Arbitrary<V>): fc.Arbitrary<Record<string, V>> {
  return fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries))
}

/** What the official serializers have a form for, nested as deep as ours goes. */
export const anyValue: fc.Arbitrary<AnyValue> = fc.letrec<{ value: AnyValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie('value'), { maxLength: 6 }),
    record(tie('value')),
  ),
})).value

export const attributes = record(anyValue) as fc.Arbitrary<Attributes>

const hex = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'))

const hrTime = fc
  .tuple(fc.integer({ min: 0, max: 4_000_000_000 }), fc.nat(999_999))
  .map(([seconds, micros]): [number, number] => [seconds, micros * 1_000])

const ids = { traceId: hex(16), spanId: hex(8), traceFlags: fc.nat(3) }
const spanContext: fc.Arbitrary<SpanContext> = fc.oneof(fc.record(ids), fc.record({ ...ids, isRemote: fc.boolean() }))

export const logRecord: fc.Arbitrary<ReadableLogRecord> = fc
  .record({
    hrTime,
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: fc.constantFrom('INFO', 'WARNING', ''),
    body: anyValue,
    attributes,
    spanContext: fc.option(spanContext, { nil: undefined }),
    eventName: fc.option(fc.constantFrom('order.placed'), { nil: undefined }),
  })
  .map(({ spanContext: trace, eventName, ...rest }) => ({
    ...rest,
    hrTimeObserved: rest.hrTime,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    ...(trace === undefined ? {} : { spanContext: trace }),
    ...(eventName === undefined ? {} : { eventName }),
  }))

const event = fc.record({ time: hrTime, name: text, attributes })
const link = fc.record({ context: spanContext, attributes })

export const span: fc.Arbitrary<ReadableSpan> = fc
  .record({
    context: spanContext,
    parent: fc.option(spanContext, { nil: undefined }),
    name: text,
    kind: fc.nat(4),
    startTime: hrTime,
    endTime: hrTime,
    status: fc.record({ code: fc.nat(2), message: text }),
    attributes,
    links: fc.array(link, { maxLength: 2 }),
    events: fc.array(event, { maxLength: 2 }),
    dropped: fc.tuple(fc.nat(300), fc.nat(300), fc.nat(300)),
  })
  .map(({ context, parent, dropped, status: { code, message }, ...rest }) => ({
    ...rest,
    spanContext: () => context,
    ...(parent === undefined ? {} : { parentSpanContext: parent }),
    status: code === 2 ? { code, message } : { code },
    duration: [0, 0],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: dropped[0],
    droppedEventsCount: dropped[1],
    droppedLinksCount: dropped[2],
  }))

const count = fc.oneof(fc.nat(300), fc.maxSafeNat())
/** As the SDK's aggregations give them: a histogram without values has infinite extremes, or none. */
const extremes = fc.oneof(fc.record({ min: fc.double({ noNaN: true, noDefaultInfinity: true }), max: fc.double({ noNaN: true, noDefaultInfinity: true }) }), fc.constant({})) // prettier-ignore
const buckets = fc.record({
  offset: fc.integer({ min: -5_000, max: 5_000 }),
  bucketCounts: fc.array(count, { maxLength: 4 }),
})

const histogram = fc
  .tuple(
    fc.array(fc.double({ noNaN: true }), { maxLength: 4 }),
    fc.array(count, { maxLength: 5 }),
    fc.double(),
    count,
    extremes,
  )
  .map(([boundaries, counts, sum, all, ends]) => ({ buckets: { boundaries, counts }, sum, count: all, ...ends }))

const exponentialHistogram = fc
  .tuple(count, fc.double(), fc.integer({ min: -10, max: 20 }), count, buckets, buckets, extremes)
  .map(([all, sum, scale, zeroCount, positive, negative, ends]) => ({ count: all, sum, scale, zeroCount, positive, negative, ...ends })) // prettier-ignore

function points<V>(value: fc.Arbitrary<V>) {
  return fc.array(fc.record({ startTime: hrTime, endTime: hrTime, attributes, value }), { maxLength: 3 })
}

const descriptor = (valueType: ValueType) =>
  fc.record({ name: text, description: text, unit: text, valueType: fc.constant(valueType) })
const aggregationTemporality = fc.constantFrom(AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE)

export const metric = fc.oneof(
  fc.record({
    dataPointType: fc.constant(DataPointType.SUM),
    descriptor: descriptor(ValueType.INT),
    aggregationTemporality,
    isMonotonic: fc.boolean(),
    dataPoints: points(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2 ** 53 + 2, 2 ** 62, -(2 ** 63)))),
  }),
  fc.record({
    dataPointType: fc.constant(DataPointType.GAUGE),
    descriptor: descriptor(ValueType.DOUBLE),
    aggregationTemporality,
    dataPoints: points(number),
  }),
  fc.record({
    dataPointType: fc.constant(DataPointType.HISTOGRAM),
    descriptor: descriptor(ValueType.DOUBLE),
    aggregationTemporality,
    dataPoints: points(histogram),
  }),
  fc.record({
    dataPointType: fc.constant(DataPointType.EXPONENTIAL_HISTOGRAM),
    descriptor: descriptor(ValueType.DOUBLE),
    aggregationTemporality,
    dataPoints: points(exponentialHistogram),
  }),
) as fc.Arbitrary<MetricData>
