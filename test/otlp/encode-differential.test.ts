import { inspect } from 'node:util'
import { type AnyValue, type AttributeValue, SpanKind, SpanStatusCode, ValueType } from '@opentelemetry/api'
import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLogs } from '../../src/otlp/decode-request.ts'
import { requestJson } from '../../src/otlp/request-json.ts'
import { DEFAULT_LIMITS } from '../../src/values/index.ts'
import { metricsRequest, ourLog, ourMetric, ourSpan, plainEncoding, withoutDefaults } from '../support/official-otlp.ts'
import { instrumentationScope, logRecord, metric, resource, span } from '../support/otlp-arbitraries.ts'

/** What a request says, to the kind of each number, the sign of zero and NaN. */
const said = (signal: 'logs' | 'traces' | 'metrics', bytes: Uint8Array | undefined): unknown =>
  withoutDefaults(JSON.parse(requestJson(signal, bytes as Uint8Array)))

describe('protobuf says what the official protobuf serializer says', () => {
  test('of a log record', () => {
    fc.assert(
      fc.property(logRecord, (record) => {
        const official = ProtobufLogsSerializer.serializeRequest([record])
        expect(said('logs', ourLog(record))).toEqual(said('logs', official))
      }),
      { numRuns: 1_000 },
    )
  })

  test('of a span', () => {
    fc.assert(
      fc.property(span, (one) => {
        const official = ProtobufTraceSerializer.serializeRequest([one])
        expect(said('traces', ourSpan(one))).toEqual(said('traces', official))
      }),
      { numRuns: 500 },
    )
  })

  test('of a metric', () => {
    fc.assert(
      fc.property(metric, (one) => {
        const official = ProtobufMetricsSerializer.serializeRequest(metricsRequest(one))
        expect(said('metrics', ourMetric(one))).toEqual(said('metrics', official))
      }),
      { numRuns: 1_000 },
    )
  })
})

function recordOf(value: AnyValue): ReadableLogRecord {
  return {
    hrTime: [1, 0],
    hrTimeObserved: [1, 0],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    severityNumber: 9,
    body: value,
    attributes: { value },
  }
}

const ids = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }

function spanOf(value: AttributeValue): ReadableSpan {
  const attributes = { value }
  return {
    name: 'GET /',
    kind: SpanKind.SERVER,
    spanContext: () => ids,
    startTime: [1, 0],
    endTime: [2, 0],
    duration: [1, 0],
    ended: true,
    status: { code: SpanStatusCode.UNSET },
    attributes,
    events: [{ name: 'event', time: [1, 0], attributes }],
    links: [{ context: ids, attributes }],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

function metricOf(value: AttributeValue): MetricData {
  return {
    descriptor: { name: 'requests', description: '', unit: '', valueType: ValueType.INT },
    aggregationTemporality: AggregationTemporality.DELTA,
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [{ startTime: [1, 0], endTime: [2, 0], attributes: { value }, value: 1 }],
  }
}

/** What a serializer says of a value: as the body of a record, and as an attribute of records, spans, their events and links, and metrics. */
const official = (value: unknown): unknown[] => [
  said('logs', ProtobufLogsSerializer.serializeRequest([recordOf(value)])),
  said('traces', ProtobufTraceSerializer.serializeRequest([spanOf(value)])),
  said('metrics', ProtobufMetricsSerializer.serializeRequest(metricsRequest(metricOf(value)))),
]
const ours = (value: unknown): unknown[] => [
  said('logs', ourLog(recordOf(value))),
  said('traces', ourSpan(spanOf(value))),
  said('metrics', ourMetric(metricOf(value))),
]

const json = (value: unknown): unknown => JSON.parse(plainEncoding.safety.json(value))

const NUMBERS = [0, -0, 0.1, 5e-324, 1e21, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53) - 2, 2 ** 62, 2 ** 63, -(2 ** 63), 2 ** 64, Number.MAX_VALUE] // prettier-ignore
const TEXTS = [
  '',
  'a',
  '\u0000',
  '\ud800',
  'a\udc00b',
  '🙂',
  'é'.repeat(20_000),
  'x'.repeat(DEFAULT_LIMITS.maxStringLength),
]
const BYTES = [new Uint8Array(), new Uint8Array(300), Buffer.from('hi')]
const LISTS_AND_MAPS = [[], {}, [[]], [{}], { a: [] }, { a: { b: {} } }, [null], { a: null }, { '': '' }]
const LARGE = [Array.from({ length: 200 }, (_, i) => i), { deep: [{ deep: ['x'.repeat(20_000)] }] }]
const VALUES = [true, false, null, ...NUMBERS, ...TEXTS, ...BYTES, ...LISTS_AND_MAPS, ...LARGE]

describe('a value is what the official serializer makes of it', () => {
  test.each(VALUES.map((value) => ({ value, shown: inspect(value).slice(0, 40) })))('$shown', ({ value }) => {
    for (const one of [value, [value], { value }]) expect(ours(one)).toEqual(official(one))
  })
})

const cyclic: Record<string, unknown> = { name: 'me' }
cyclic['self'] = cyclic
const inner = Object.assign(new RangeError('inner'), { stack: 'RangeError: inner' })
const outer = Object.assign(new Error('outer', { cause: inner }), { stack: 'Error: outer' })
const several = Object.assign(new AggregateError([inner, 'text'], 'all'), { stack: 'AggregateError: all' })

const twice = { a: [1] }

const sparse: unknown[] = []
sparse[2] = 'x'

const throwing = {
  before: 1,
  get boom(): never {
    throw new TypeError('no')
  },
  after: 2,
}

/** A list that can be read up to its third item. */
const halfReadable = new Proxy([1, { a: [1] }, 3, 4], {
  get: (target, key) => {
    if (key === '2') throw new Error('half')
    return Reflect.get(target, key) as unknown
  },
})

function* failing(): Generator {
  yield ['a', [1, 2, { b: 3 }]]
  throw new Error('midway')
}
/** A map that can be read up to its first entry. */
const halfMap = Object.assign(new Map([['a', 1]]), { [Symbol.iterator]: failing })

/** Values that the official serializers have no form for, and those it has that say the same. */
const PLAIN: readonly (readonly [name: string, value: unknown, plain: unknown])[] = [
  ['undefined in a list', [undefined], [null]],
  ['undefined in a map', { a: undefined, b: 1 }, { b: 1 }],
  ['a small integer', -5n, -5],
  ['an integer beyond 64 bits', 2n ** 63n, '9223372036854775808'],
  ['a negative integer beyond 64 bits', -(2n ** 63n) - 1n, '-9223372036854775809'],
  ['an integer without end', 2n ** 100_000n, '[an integer of too many digits]'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['a function', [Math.max], ['[Function max]']],
  ['a function in a map', { max: Math.max }, {}],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['a date that is none', new Date(NaN), 'Invalid Date'],
  ['a map', new Map<unknown, unknown>([['a', 1], [true, { b: 2 }], ['true', 'second']]), { a: 1, true: { b: 2 } }], // prettier-ignore
  ['a set', new Set([1, 'b']), [1, 'b']],
  ['a URL', new URL('http://h/p?q'), 'http://h/p?q'],
  ['a regular expression', /a/g, '/a/g'],
  ['a promise', Promise.resolve(1), '[Promise]'],
  ['floats', new Float32Array([1.5, NaN]), [1.5, NaN]],
  ['big integers', new BigInt64Array([1n]), [1]],
  ['a view', new DataView(Uint8Array.of(1, 2, 3).buffer, 1), Uint8Array.of(2, 3)],
  ['a buffer', Uint8Array.of(1).buffer, Uint8Array.of(1)],
  ['shared memory', new Uint8Array(new SharedArrayBuffer(2)), new Uint8Array(2)],
  ['holes', sparse, [null, null, 'x']],
  ['a cycle', cyclic, { name: 'me', self: '[Circular]' }],
  ['the same twice', [twice, { twice }], [{ a: [1] }, { twice: { a: [1] } }]],
  ['a getter that throws', throwing, { before: 1, boom: '[unreadable: no]', after: 2 }],
  ['a list that can be read in part', { a: [halfReadable, 1], b: 2 }, { a: ['[unreadable: half]', 1], b: 2 }],
  ['a map that can be read in part', [{ halfMap }, 1], [{ halfMap: '[unreadable: midway]' }, 1]],
  ['an object that says itself what it is', { toJSON: () => ({ a: 1 }) }, { a: 1 }],
  ['an object that fails to', [{ toJSON: () => { throw new Error('x') } }], ['[unreadable: x]']], // prettier-ignore
  ['an error with its cause', [outer], [{ type: 'Error', message: 'outer', stack: 'Error: outer\nCaused by: RangeError: inner' }]], // prettier-ignore
  ['several errors', several, { type: 'AggregateError', message: 'all', stack: 'AggregateError: all\nError 1: RangeError: inner\nError 2: string: text' }], // prettier-ignore
  ['what is nested too deep', [[[[[[[[[1]]]]]]]]], [[[[[[[['[nested too deep]']]]]]]]]], // eight lists deep
  ['too many items', Array.from({ length: 300 }, () => 0), [...Array.from({ length: 256 }, () => 0), '[44 more entries cut]']], // prettier-ignore
  ['too many entries', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])), { ...Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`k${i}`, i])), '…': '[44 more entries cut]' }], // prettier-ignore
  ['a long text', 'x'.repeat(40_000), `${'x'.repeat(32_768)}…[7232 more characters cut]`],
]

describe('a value that the official serializer has no form for is', () => {
  test.each(PLAIN)('%s: as a plain value would be', (_name, value, plain) => {
    expect(ours(value)).toEqual(official(plain))
  })

  test.each(PLAIN)('%s: the same as JSON', (_name, value, plain) => {
    expect(json(value)).toEqual(asJson(plain))
  })

  test('an integer beyond 2^53: itself, and decimal text as JSON', () => {
    expect(ours(2n ** 53n)).toEqual(official(2 ** 53))
    expect(json(2n ** 53n)).toBe('9007199254740992')
  })
})

function asJson(plain: unknown): unknown {
  if (plain instanceof Uint8Array) return Buffer.from(plain).toString('base64')
  if (Array.isArray(plain)) return plain.map(asJson)
  return typeof plain === 'number' && !Number.isFinite(plain) ? String(plain) : plain
}

test('any value is the same as JSON and as protobuf', () => {
  const any = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
    withNullPrototype: true,
  })
  fc.assert(
    fc.property(fc.array(any), (value) => {
      const [entry] = decodeLogs(ourLog(recordOf(value)), 'protobuf', 0)
      expect(JSON.stringify(entry?.attributes['value'])).toBe(JSON.stringify(json(value), asDecoded))
    }),
    { numRuns: 2_000 },
  )
})

/** Decoders give integers beyond 2^53 as decimal text; and protobuf has no lone surrogates, in keys neither. */
function asDecoded(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 63)
    return BigInt(value).toString()
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return typeof value === 'string' ? value.toWellFormed() : value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), item as unknown]))
}
