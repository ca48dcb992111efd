import { JsonLogsSerializer, JsonMetricsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'
import type { ByteWriter } from '../../src/otlp/index.ts'
import { requestJson } from '../../src/otlp/request-json.ts'
import { metricsRequest, asOfficialJson, ourLog, ourMetric, ourRequest, ourSpan } from '../support/official-otlp.ts'
import { logRecord, metric, span } from '../support/otlp-arbitraries.ts'

const parsed = (json: string): unknown => asOfficialJson(JSON.parse(json))
const official = (bytes: Uint8Array | undefined): unknown => parsed(Buffer.from(bytes as Uint8Array).toString())

describe('a request as JSON says what the official JSON serializer says', () => {
  test('of a log record', () => {
    fc.assert(
      fc.property(logRecord, (record) => {
        const json = requestJson('logs', ourLog(record))
        expect(parsed(json)).toEqual(official(JsonLogsSerializer.serializeRequest([record])))
      }),
      { numRuns: 1_000 },
    )
  })

  test('of a span', () => {
    fc.assert(
      fc.property(span, (one) => {
        const json = requestJson('traces', ourSpan(one))
        expect(parsed(json)).toEqual(official(JsonTraceSerializer.serializeRequest([one])))
      }),
      { numRuns: 500 },
    )
  })

  test('of a metric', () => {
    fc.assert(
      fc.property(metric, (one) => {
        const json = requestJson('metrics', ourMetric(one))
        expect(parsed(json)).toEqual(official(JsonMetricsSerializer.serializeRequest(metricsRequest(one))))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a request as JSON decodes to the entries that its protobuf form decodes to', () => {
  test('of logs', () => {
    fc.assert(
      fc.property(logRecord, (record) => {
        const bytes = ourLog(record)
        const json = Buffer.from(requestJson('logs', bytes))
        expect(decodeLogs(json, 'json', 5)).toEqual(decodeLogs(bytes, 'protobuf', 5))
      }),
      { numRuns: 500 },
    )
  })

  test('of spans', () => {
    fc.assert(
      fc.property(span, (one) => {
        const bytes = ourSpan(one)
        expect(decodeSpans(Buffer.from(requestJson('traces', bytes)), 'json')).toEqual(decodeSpans(bytes, 'protobuf'))
      }),
      { numRuns: 500 },
    )
  })
})

/** A length-delimited field with what the function writes. */
function message(writer: ByteWriter, tag: number, write: () => void): void {
  const start = writer.open(tag)
  write()
  writer.close(start)
}

test('a summary, exemplars and doubles that JSON has no number for are whole', () => {
  const bytes = ourRequest((writer) => {
    message(writer, 0x12, () => {
      message(writer, 0x5a, () => {
        message(writer, 0x0a, () => {
          writer.byte(0x21)
          writer.fixed64(0xffff_ffff, 0xffff_ffff)
          message(writer, 0x32, () => {
            writer.byte(0x09)
            writer.double(0.5)
            writer.byte(0x11)
            writer.double(-0)
          })
        })
      })
    })
    message(writer, 0x12, () => {
      message(writer, 0x2a, () => {
        message(writer, 0x0a, () => {
          writer.byte(0x21)
          writer.double(-Infinity)
          message(writer, 0x2a, () => {
            writer.byte(0x31)
            writer.fixed64Integer(-3)
            message(writer, 0x22, () => writer.bytes(Uint8Array.of(0, 0xab)))
          })
        })
      })
    })
  })
  const { resourceMetrics } = JSON.parse(requestJson('metrics', bytes)) as {
    resourceMetrics: [{ scopeMetrics: [{ metrics: unknown }] }]
  }
  expect(resourceMetrics[0].scopeMetrics[0].metrics).toEqual([
    {
      summary: {
        dataPoints: [{ count: '18446744073709551615', quantileValues: [{ quantile: 0.5, value: '-0' }] }],
      },
    },
    { gauge: { dataPoints: [{ asDouble: '-Infinity', exemplars: [{ asInt: '-3', spanId: '00ab' }] }] } },
  ])
})

test('a field that is not known, or not of the type it should have, is left out', () => {
  const bytes = ourRequest((writer) =>
    message(writer, 0x12, () => {
      writer.varint(99 << 3)
      writer.varint(1)
      writer.varint(1 << 3) // time_unix_nano as a varint
      writer.varint(1)
      writer.string(0x1a, 'INFO')
    }),
  )
  expect(requestJson('logs', bytes)).toContain('"logRecords":[{"severityText":"INFO"}]')
})

test('bytes that are no request are refused', () => {
  expect(() => requestJson('logs', Uint8Array.of(0x0a, 5, 1))).toThrow(
    expect.objectContaining({ name: 'ProtobufError' }),
  )
})
