import { type Attributes as ApiAttributes, SeverityNumber, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  JsonLogsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'

const resource = resourceFromAttributes({ 'service.name': 'shop', 'host.name': 'h1' })

test('a log decodes to the same entry from protobuf and from JSON as the official SDK writes them', async () => {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  const logger = provider.getLogger('orders', '1.2.3')
  const attributes = {
    'order.id': 7,
    big: 2 ** 53 + 2,
    minus: -5,
    ratio: 0.1,
    huge: 1e21,
    yes: true,
    none: null,
    list: ['a', 1, false],
    map: { deep: { deeper: ['x'] } },
    bytes: new Uint8Array([1, 2, 255]),
    text: 'ÄÖ 🙂 ' + 'x'.repeat(300),
    '': 'empty',
  }
  logger.emit({
    body: 'order placed',
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    timestamp: [1_795_257_045, 123_456_789],
    attributes,
  })
  logger.emit({ body: { a: [1, { b: 'c' }] }, eventName: 'order.placed', timestamp: [1_795_257_045, 1] })
  logger.emit({})
  await provider.forceFlush()
  const records = exporter.getFinishedLogRecords()
  const fromProtobuf = decodeLogs(ProtobufLogsSerializer.serializeRequest(records) as Uint8Array, 'protobuf', 5)
  const fromJson = decodeLogs(JsonLogsSerializer.serializeRequest(records) as Uint8Array, 'json', 5)
  expect(fromProtobuf).toHaveLength(3)
  expect(fromJson).toEqual(fromProtobuf)
  expect(fromProtobuf[0]).toMatchObject({
    resource: { service: 'shop' },
    scope: { name: 'orders', version: '1.2.3' },
    timeMillis: 1_795_257_045_123,
    timeNanos: 456_789,
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: 'order placed',
    attributes: {
      'order.id': 7,
      minus: -5,
      ratio: 0.1,
      yes: true,
      list: ['a', 1, false],
      bytes: 'AQL/',
      map: { deep: { deeper: ['x'] } },
    },
  })
})

test('a span decodes to the same entry from protobuf and from JSON as the official SDK writes them', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('http', '2.0.0')
  const attributes: ApiAttributes = { 'http.request.method': 'GET', size: 12, ratio: 0.5, tags: ['a', 'b'] }
  const linked = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
  const parent = tracer.startSpan('GET /', {
    kind: SpanKind.SERVER,
    attributes,
    links: [{ context: linked, attributes: { why: 'x' } }],
  })
  const child = tracer.startSpan(
    'SELECT',
    { kind: SpanKind.CLIENT },
    trace.setSpan((await import('@opentelemetry/api')).ROOT_CONTEXT, parent),
  )
  child.addEvent('retry', { n: 2 })
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'gone' })
  child.end()
  parent.end()
  await provider.forceFlush()
  const spans = exporter.getFinishedSpans()
  const fromProtobuf = decodeSpans(ProtobufTraceSerializer.serializeRequest(spans) as Uint8Array, 'protobuf')
  const fromJson = decodeSpans(JsonTraceSerializer.serializeRequest(spans) as Uint8Array, 'json')
  expect(fromJson).toEqual(fromProtobuf)
  expect(fromProtobuf.rejected).toBe(0)
  const parentId = parent.spanContext().spanId
  expect(fromProtobuf.spans).toMatchObject([
    {
      name: 'SELECT',
      kind: 3,
      parentSpanId: parentId,
      statusCode: 2,
      statusMessage: 'gone',
      events: [{ name: 'retry', attributes: { n: 2 } }],
    },
    {
      name: 'GET /',
      kind: 2,
      parentSpanId: '',
      spanId: parentId,
      attributes,
      links: [{ traceId: '1'.repeat(32), attributes: { why: 'x' } }],
    },
  ])
})
