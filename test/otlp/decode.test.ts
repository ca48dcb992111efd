import { describe, expect, test } from 'vitest'
import { OtlpDecodeError } from '../../src/otlp/decode-error.ts'
import { countDataPoints, decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'

function bytes(...parts: (number | string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part as Uint8Array))),
  )
}

/** Field numbers up to 15 and contents up to 16 KiB. */
function field(number: number, content: Uint8Array | string): Buffer {
  const body = Buffer.from(content as string)
  const length = body.length < 128 ? bytes(body.length) : bytes((body.length & 0x7f) | 0x80, body.length >> 7)
  return bytes((number << 3) | 2, length, body)
}

const request = (...records: Buffer[]): Buffer =>
  field(1, field(2, Buffer.concat(records.map((record) => field(2, record)))))
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const jsonLogs = (record: unknown): Buffer => json({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })

describe('protobuf', () => {
  test('passes over unknown fields of every wire type, in every message', () => {
    const unknown = bytes(
      0xf8,
      0x01,
      0x96,
      0x01,
      field(15, 'later'),
      0xf9,
      0x01,
      Buffer.alloc(8),
      0xfd,
      0x01,
      Buffer.alloc(4),
    )
    const record = bytes(unknown, field(5, bytes(unknown, field(1, 'hello'))), unknown)
    const body = bytes(unknown, field(1, bytes(unknown, field(2, bytes(unknown, field(2, record), unknown)), unknown)))
    expect(decodeLogs(body, 'protobuf', 7)).toMatchObject([{ body: 'hello', timeMillis: 7 }])
  })

  test('takes the scope and the resource wherever they stand', () => {
    const record = field(2, field(5, field(1, 'hello')))
    const resource = field(1, field(1, bytes(field(1, 'service.name'), field(2, field(1, 'shop')))))
    const body = field(1, bytes(field(2, bytes(record, field(1, field(1, 'orders')))), resource))
    expect(decodeLogs(body, 'protobuf', 7)).toMatchObject([
      { scope: { name: 'orders' }, resource: { service: 'shop' } },
    ])
  })

  test('takes the observed time when there is no other', () => {
    const observed = Buffer.alloc(8)
    observed.writeBigUInt64LE(1_795_257_045_123_456_789n)
    expect(decodeLogs(request(bytes(0x59, observed)), 'protobuf', 7)).toMatchObject([
      { timeMillis: 1_795_257_045_123, timeNanos: 456_789 },
    ])
  })

  test('keeps 64-bit integers exact and says what JSON cannot', () => {
    const max = bytes(0x18, Buffer.alloc(8, 0xff), 0x7f)
    const nan = Buffer.alloc(8)
    nan.writeDoubleLE(Number.NaN)
    const record = bytes(
      field(6, bytes(field(1, 'max'), field(2, max))),
      field(6, bytes(field(1, 'nan'), field(2, bytes(0x21, nan)))),
    )
    expect(decodeLogs(request(record), 'protobuf', 7)[0]?.attributes).toEqual({
      max: '9223372036854775807',
      nan: 'NaN',
    })
  })

  test('keeps a key named __proto__ a key', () => {
    const [entry] = decodeLogs(request(field(6, bytes(field(1, '__proto__'), field(2, field(1, 'x'))))), 'protobuf', 7)
    expect(Object.entries(entry?.attributes ?? {})).toEqual([['__proto__', 'x']])
    expect(Object.getPrototypeOf(entry?.attributes)).toBe(Object.prototype)
  })

  test('says in which field and at which byte the wire breaks', () => {
    const good = field(5, field(1, 'hello'))
    const broken = request(good, good, field(6, bytes(field(1, 'k'), field(2, bytes(0x0a, 0x7f, 0x61)))))
    expect(() => decodeLogs(broken, 'protobuf', 7)).toThrow(
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[2\]\.attributes\[0\]\.value: 127 bytes announced, 1 left \(at byte \d+ of \d+\)$/,
    )
  })

  test.each([
    ['a length beyond the end', bytes(0x0a, 0x05, 0x12), /5 bytes announced, 1 left/],
    ['a length that overflows', bytes(0x0a, Buffer.alloc(9, 0xff), 0x01), /bytes announced/],
    ['a number that is cut off', bytes(0x08, 0x80), /the number is cut off/],
    ['a number without end', bytes(0x08, Buffer.alloc(12, 0x80)), /longer than 10 bytes/],
    ['field number 0', bytes(0x02, 0x00), /field number 0/],
    ['groups', bytes(0x0b), /wire type 3/],
    [
      'an inner message longer than its outer',
      field(1, bytes(0x12, 0x20)),
      /resourceLogs\[0\]: 32 bytes announced, 0 left/,
    ],
  ])('refuses %s', (_, body, message) => {
    expect(() => decodeLogs(body, 'protobuf', 7)).toThrow(OtlpDecodeError)
    expect(() => decodeLogs(body, 'protobuf', 7)).toThrow(message)
  })

  test('refuses values nested without end', () => {
    let value = field(1, 'x')
    for (let depth = 0; depth < 130; depth++) value = deepList(value)
    expect(() => decodeLogs(deepRequest(value), 'protobuf', 7)).toThrow(/nested deeper than 100/)
  })

  test('never fails in another way, whatever the bytes', () => {
    const good = request(
      bytes(
        field(5, field(1, 'hello')),
        field(6, bytes(field(1, 'k'), field(2, field(1, 'v')))),
        field(9, Buffer.alloc(16, 1)),
      ),
    )
    const outcomes = new Set<string>()
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 1, 0x0a, 0x7f, 0x80, 0xff]) {
        const bad = Buffer.from(good)
        bad[at] = value
        outcomes.add(outcomeOf(bad))
        outcomes.add(outcomeOf(good.subarray(0, at)))
      }
    }
    expect([...outcomes].toSorted()).toEqual(['OtlpDecodeError', 'decoded'])
  })

  test('counts spans that have no valid ids', () => {
    const span = field(1, field(2, field(2, bytes(field(1, Buffer.alloc(16)), field(2, Buffer.alloc(8, 1))))))
    expect(decodeSpans(span, 'protobuf')).toMatchObject({ spans: [], rejected: 1 })
  })

  test('counts data points of every kind of metric', () => {
    const metric = (kind: number): Buffer => field(2, field(kind, bytes(field(1, ''), field(1, ''))))
    const body = field(1, field(2, bytes(...[5, 7, 9, 10, 11].map(metric))))
    expect(countDataPoints(body, 'protobuf')).toBe(10)
    const points = { dataPoints: [{}, {}] }
    const metrics = [{ gauge: points }, { sum: points }, { histogram: points }]
    expect(countDataPoints(json({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }), 'json')).toBe(6)
  })
})

describe('JSON', () => {
  test('takes 64-bit numbers as text and as numbers, ids of either case, and passes over what it does not know', () => {
    const record = {
      timeUnixNano: 1_795_257_045_123_000_000,
      traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
      body: { stringValue: 'x', somethingNew: 1 },
      attributes: [
        { key: 'a', value: { intValue: '7' } },
        { key: 'b', value: { intValue: 7 } },
        { key: 'c', value: { doubleValue: 'Infinity' } },
        { key: 'd', value: { intValue: '9223372036854775807' } },
      ],
      severityNumber: 9,
      unknown: { deep: [] },
      spanId: null,
    }
    expect(decodeLogs(jsonLogs(record), 'json', 7)).toMatchObject([
      {
        timeMillis: 1_795_257_045_123,
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '',
        attributes: { a: 7, b: 7, c: 'Infinity', d: '9223372036854775807' },
      },
    ])
  })

  test.each([
    [Buffer.from('{"resourceLogs":['), /^request: not JSON/],
    [Buffer.from([0x22, 0xff, 0x22]), /^request: not JSON/],
    [json([]), /^request: found an array, allowed: an object/],
    [json('x'), /^request: found "x", allowed: an object/],
    [json({ resourceLogs: {} }), /^resourceLogs: found an object, allowed: an array/],
    [
      jsonLogs({ timeUnixNano: 'noon' }),
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.timeUnixNano: found "noon", allowed: nanoseconds/,
    ],
    [jsonLogs({ body: 'text' }), /logRecords\[0\]\.body: found "text", allowed: an object/],
    [jsonLogs({ body: { stringValue: 1 } }), /body\.stringValue: found 1, allowed: a string/],
    [
      jsonLogs({ attributes: [{ key: 'a', value: { intValue: '1.5' } }] }),
      /attributes\[0\]\.value\.intValue: found "1\.5", allowed: a 64-bit integer/,
    ],
    [jsonLogs({ severityNumber: 'INFO' }), /severityNumber: found "INFO", allowed: a whole number/],
  ])('refuses %s', (body, message) => {
    expect(() => decodeLogs(body, 'json', 7)).toThrow(OtlpDecodeError)
    expect(() => decodeLogs(body, 'json', 7)).toThrow(message)
  })

  test('refuses values nested without end', () => {
    let value: unknown = { stringValue: 'x' }
    for (let depth = 0; depth < 130; depth++) value = { arrayValue: { values: [value] } }
    expect(() => decodeLogs(jsonLogs({ body: value }), 'json', 7)).toThrow(/nested deeper than 100/)
  })
})

function outcomeOf(body: Buffer): string {
  try {
    decodeLogs(body, 'protobuf', 7)
    return 'decoded'
  } catch (error) {
    return error instanceof Error ? error.name : 'something else'
  }
}

function deepList(value: Buffer): Buffer {
  return longField(5, longField(1, value))
}

function deepRequest(value: Buffer): Buffer {
  return longField(1, longField(2, longField(2, longField(5, value))))
}

function longField(number: number, content: Buffer): Buffer {
  return bytes((number << 3) | 2, (content.length & 0x7f) | 0x80, content.length >> 7, content)
}
