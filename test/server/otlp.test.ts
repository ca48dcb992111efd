import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { protobufLogs } from './protobuf-logs.ts'
import { type TestServer, jsonRecord, rawRequest, sendJson, startTestServer } from './test-server.ts'

const MAX_BYTES = 1024 * 1024
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const JSON_TYPE = { 'content-type': 'application/json' }

describe('the OTLP receiver', () => {
  let under: TestServer
  let logs: string
  beforeAll(async () => {
    under = await startTestServer({ maxBodyBytes: MAX_BYTES })
    logs = `${under.server.urls.otlp}/v1/logs`
  })
  afterAll(() => under.stop())

  const found = async (word: string): Promise<number> => (await under.get(`/logs/search?q=${word}`)).body.records.length
  const post = (headers: Record<string, string>, body: Uint8Array, url = logs) =>
    rawRequest(url, { method: 'POST', headers, body })

  test.each([
    ['plain', 'identity', (body: Buffer) => body],
    ['gzip', 'gzip', (body: Buffer) => gzipSync(body)],
    ['zstd', 'zstd', (body: Buffer) => zstdCompressSync(body)],
  ])('answers protobuf (%s) once the record can be found', async (word, encoding, compress) => {
    const body = compress(await protobufLogs(`proto${word}`))
    const answer = await post({ ...PROTOBUF, 'content-encoding': encoding }, body)
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-protobuf' } })
    expect(answer.body).toHaveLength(0)
    expect(await found(`proto${word}`)).toBe(1)
  })

  test('answers JSON with JSON', async () => {
    const answer = await under.sendLogs([jsonRecord('from json')])
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      {},
    ])
    expect(await found('json')).toBe(1)
  })

  test('takes an empty request', async () => {
    expect((await post(PROTOBUF, Buffer.alloc(0))).status).toBe(200)
    expect((await sendJson(logs, {})).status).toBe(200)
  })

  test('refuses bytes that are no request, as a google.rpc.Status', async () => {
    const answer = await post(PROTOBUF, Buffer.from([0x0a, 0x05, 0x12]))
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': 'application/x-protobuf' } })
    expect(answer.body.subarray(0, 3)).toEqual(Buffer.from([0x08, 0x03, 0x12]))
    expect(answer.body.toString()).toContain('logs request: 5 bytes announced, 1 left (at byte 1 of 3)')
    const json = await post(JSON_TYPE, Buffer.from('{'))
    expect([json.status, JSON.parse(json.body.toString())]).toEqual([
      400,
      { code: 3, message: expect.stringContaining('request: not JSON') },
    ])
  })

  test('stores nothing of a request that breaks in the middle', async () => {
    const whole = await protobufLogs('brokenhalf')
    expect((await post(PROTOBUF, whole.subarray(0, whole.length - 1))).status).toBe(400)
    expect(await found('brokenhalf')).toBe(0)
  })

  test('refuses other content types and encodings, naming what it takes', async () => {
    for (const headers of [{ 'content-type': 'text/plain' }, {}, { ...JSON_TYPE, 'content-encoding': 'br' }]) {
      const answer = await post(headers, Buffer.from('{}'))
      expect(answer.status).toBe(415)
      expect(answer.body.toString()).toMatch(/allowed: (application\/x-protobuf, application\/json|identity, gzip)/)
    }
    expect((await post({ 'content-type': 'Application/JSON; charset=utf-8' }, Buffer.from('{}'))).status).toBe(200)
  })

  test('refuses too much: announced, sent in pieces, or once decompressed', async () => {
    expect((await post(PROTOBUF, Buffer.alloc(MAX_BYTES + 1))).status).toBe(413)
    expect((await post({ ...PROTOBUF, 'transfer-encoding': 'chunked' }, Buffer.alloc(MAX_BYTES + 1))).status).toBe(413)
    const bomb = gzipSync(Buffer.alloc(300 * MAX_BYTES))
    expect(bomb.length).toBeLessThan(MAX_BYTES)
    const before = process.memoryUsage().rss
    expect((await post({ ...PROTOBUF, 'content-encoding': 'gzip' }, bomb)).status).toBe(413)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MAX_BYTES)
  })

  test('refuses what is not compressed as it says', async () => {
    const answer = await post({ ...JSON_TYPE, 'content-encoding': 'gzip' }, Buffer.from('{}'))
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringContaining('body: not gzip')])
  })

  test('says which paths and methods there are', async () => {
    const wrongPath = await post(JSON_TYPE, Buffer.from('{}'), `${under.server.urls.otlp}/v1/profiles`)
    expect([wrongPath.status, wrongPath.body.toString()]).toEqual([
      404,
      expect.stringContaining('allowed: /v1/logs, /v1/traces, /v1/metrics'),
    ])
    expect(await rawRequest(logs, {})).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  test('refuses foreign hosts and origins, and lets pages of this machine send', async () => {
    const body = Buffer.from('{}')
    const foreign = await post({ ...JSON_TYPE, host: 'evil.example:4318' }, body)
    expect([foreign.status, foreign.body.toString()]).toEqual([
      403,
      expect.stringContaining('host: found evil.example:4318'),
    ])
    expect((await post({ ...JSON_TYPE, origin: 'https://evil.example' }, body)).status).toBe(403)
    expect((await post({ ...JSON_TYPE, origin: 'null' }, body)).status).toBe(403)
    const origin = 'http://localhost:3000'
    expect(await post({ ...JSON_TYPE, origin }, body)).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': origin },
    })
    const preflight = await rawRequest(logs, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-headers': 'content-type' },
    })
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type' },
    })
  })

  test('stores the spans of a request that have ids and says how many have none', async () => {
    const span = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'x',
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
    }
    const answer = await under.sendSpans([span, { ...span, spanId: '' }])
    const reason = 'spans need a trace id of 16 bytes and a span id of 8, not all zero'
    expect(await answer.json()).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: reason } })
    expect((await under.get(`/traces/${'a'.repeat(32)}`)).body.spans).toHaveLength(1)
  })

  test('counts metrics and says that they are not stored', async () => {
    const answer = await post(PROTOBUF, await protobufMetrics(), `${under.server.urls.otlp}/v1/metrics`)
    expect(answer.status).toBe(200)
    expect((await under.get('/logs/health')).body.metrics).toEqual({ stored: false, data_points_received: 1 })
    expect((await post(PROTOBUF, Buffer.from([0x0a, 0x09]), `${under.server.urls.otlp}/v1/metrics`)).status).toBe(400)
  })

  test('goes on after a sender that went away in the middle', async () => {
    await new Promise<void>((resolve, reject) => {
      const socket = connect(under.server.otlpPort, '127.0.0.1', () => {
        socket.write(
          'POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
          () => socket.destroy(),
        )
      })
      socket.on('close', () => resolve())
      socket.on('error', reject)
    })
    expect((await under.sendLogs([jsonRecord('still here')])).status).toBe(200)
  })

  test('takes many requests at once and stores each record', async () => {
    const requests = Array.from({ length: 40 }, (_, n) =>
      under.sendLogs(Array.from({ length: 25 }, (_, m) => jsonRecord(`burst ${n}`, m))),
    )
    expect((await Promise.all(requests)).every((answer) => answer.status === 200)).toBe(true)
    expect((await under.get('/logs/search?q=burst&limit=1000')).body.records).toHaveLength(1000)
  })
})

test('a server says why it cannot start, and leaves nothing open', async () => {
  const first = await startTestServer()
  await expect(startTestServer({ otlpPort: first.server.otlpPort })).rejects.toThrow(
    `OTLP port ${first.server.otlpPort} on 127.0.0.1: it is in use; stop what uses it, or choose another port`,
  )
  await expect(startTestServer({ port: first.server.port })).rejects.toThrow(/^viewer port/)
  await expect(startTestServer({ dataFolder: first.folder })).rejects.toThrow(/another clew server is using it/)
  await first.stop()
})

test('a server that is closed finishes the requests it has', async () => {
  const under = await startTestServer()
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [jsonRecord('last')] }] }] }))
  const headers = { ...JSON_TYPE, 'content-length': String(body.length), expect: '100-continue' }
  const sent = request(`${under.server.urls.otlp}/v1/logs`, { method: 'POST', headers })
  sent.flushHeaders()
  await once(sent, 'continue')
  const closed = under.server.close()
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  await closed
  expect(answer.statusCode).toBe(200)
  const again = await startTestServer({ dataFolder: under.folder })
  expect((await again.get('/logs/search?q=last')).body.records).toHaveLength(1)
  await again.stop()
  await under.stop()
})

async function protobufMetrics(): Promise<Buffer> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter })
  const provider = new MeterProvider({ readers: [reader] })
  provider.getMeter('m').createCounter('c').add(1)
  await reader.forceFlush()
  const body = ProtobufMetricsSerializer.serializeRequest(exporter.getMetrics()[0] as never) as Uint8Array
  await provider.shutdown()
  return Buffer.from(body)
}
