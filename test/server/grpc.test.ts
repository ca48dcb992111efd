import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { status as Status, type ServiceError } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { partialSuccess } from '../../src/delivery/partial-success.ts'
import { retryDelay } from '../../src/delivery/retry-info.ts'
import { GRPC_METHODS } from '../../src/otlp/grpc-methods.ts'
import { LiveTail } from '../../src/server/live-tail.ts'
import { GrpcListener } from '../../src/server/receive/grpc-listener.ts'
import { Receiver } from '../../src/server/receive/receiver.ts'
import { SqliteLogStore } from '../../src/store/index.ts'
import { runProgram } from '../support/program.ts'
import { type Answer, type CallOptions, framed, grpcCall, rawCall } from './grpc-calls.ts'
import { protobufLogs } from './protobuf-logs.ts'
import { type TestServer, startTestServer } from './test-server.ts'

const MAX_BYTES = 1024 * 1024
const errors: unknown[] = []

let under: TestServer
beforeAll(async () => {
  under = await startTestServer({ maxBodyBytes: MAX_BYTES, onError: (error) => errors.push(error) })
})
afterAll(async () => {
  await under.stop()
  expect(errors).toEqual([])
})

const found = async (query: string): Promise<number> => {
  const { body } = await under.get(`/logs/search?limit=1000&${query}`)
  return body.records.length
}
const call = (body: Uint8Array, options?: CallOptions): Promise<Answer> =>
  grpcCall(`127.0.0.1:${under.server.grpcPort}`, body, options)
const failure = async (answer: Promise<Answer>): Promise<[string | undefined, string]> => {
  const { code, details } = (await answer) as ServiceError
  return [Status[code], details]
}

describe('OTLP over gRPC', () => {
  test.each([
    ['clew', 'sender.mjs', 'gzip', 100],
    ['clew', 'sender.mjs', 'none', 100],
    ["OpenTelemetry's SDK for Node", 'official-sdk.mjs', 'gzip', 10],
    ["OpenTelemetry's SDK for Node", 'official-sdk.mjs', 'none', 10],
  ])('is taken from %s (%s, %s)', async (_, fixture, compression, records) => {
    const text = `${fixture.slice(0, -4)}${compression}`
    const before = (await under.get('/logs/health')).body.metrics.data_points_received
    const end = await runProgram(`test/fixtures/${fixture}`, ['shutdown', text], {
      OTEL_EXPORTER_OTLP_ENDPOINT: under.server.urls.grpc ?? '',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      CLEW_HOME: join(under.folder, text),
    })
    expect(end).toMatchObject({ code: 0, stderr: '' })
    expect(await found(`q=${text}`)).toBe(records)
    const { traces } = (await under.get('/traces?limit=100')).body
    expect(traces.map(({ name }: { name: string }) => name)).toContain(`${text} span`)
    expect((await under.get('/logs/health')).body.metrics.data_points_received).toBeGreaterThan(before)
  })

  test('is answered once the record can be found', async () => {
    expect(await call(await protobufLogs('onegrpc'))).toEqual(Buffer.alloc(0))
    expect(await found('q=onegrpc')).toBe(1)
  })

  test('may hold nothing', async () => {
    for (const method of Object.values(GRPC_METHODS))
      expect(await call(Buffer.alloc(0), { method })).toEqual(Buffer.alloc(0))
  })

  test('is told how many spans have no valid ids', async () => {
    const spans = Buffer.from([0x0a, 6, 0x12, 4, 0x12, 2, 0x2a, 0])
    const answer = (await call(spans, { method: GRPC_METHODS.traces })) as Buffer
    const message = 'spans need a trace id of 16 bytes and a span id of 8, not all zero'
    expect(partialSuccess(answer, undefined)).toEqual({ rejected: 1, message })
  })

  test('is refused as an invalid argument when it is no request, and nothing of it is stored', async () => {
    expect(await failure(call(Buffer.from([0x0a, 0x05, 0x12])))).toEqual([
      'INVALID_ARGUMENT',
      'logs request: 5 bytes announced, 1 left (at byte 1 of 3)',
    ])
    const whole = await protobufLogs('halfgrpc')
    expect(await failure(call(whole.subarray(0, -1), { gzip: true }))).toEqual(['INVALID_ARGUMENT', expect.any(String)])
    expect(await found('q=halfgrpc')).toBe(0)
  })

  test('is refused when it is too large, as it comes or once decompressed', async () => {
    expect(await failure(call(Buffer.alloc(MAX_BYTES + 1)))).toEqual([
      'RESOURCE_EXHAUSTED',
      `Received message larger than max (${MAX_BYTES + 1} vs ${MAX_BYTES})`,
    ])
    const bomb = framed(gzipSync(Buffer.alloc(300 * MAX_BYTES)), true)
    expect(bomb.length).toBeLessThan(MAX_BYTES)
    const before = process.memoryUsage().rss
    const answer = await rawCall(under.server.grpcPort as number, { 'grpc-encoding': 'gzip' }, bomb)
    expect(answer).toMatchObject({
      'grpc-status': '8',
      'grpc-message': expect.stringContaining('decompresses'),
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MAX_BYTES)
  })

  test('is refused from those who call the server by a foreign name, and from foreign pages', async () => {
    const body = await protobufLogs('foreigngrpc')
    expect(await failure(call(body, { authority: 'evil.example:4317' }))).toEqual([
      'PERMISSION_DENIED',
      'host: found evil.example:4317, allowed: localhost, 127.0.0.1, [::1]',
    ])
    expect(await failure(call(body, { metadata: { origin: 'https://evil.example' } }))).toEqual([
      'PERMISSION_DENIED',
      expect.stringContaining('origin: found https://evil.example'),
    ])
    expect(await call(body, { authority: 'localhost:1' })).toEqual(Buffer.alloc(0))
    expect(await found('q=foreigngrpc')).toBe(1)
  })

  test('has the three methods of OTLP and no other', async () => {
    const [code] = await failure(call(Buffer.alloc(0), { method: '/opentelemetry.proto.collector.Other/Export' }))
    expect(code).toBe('UNIMPLEMENTED')
  })
})

describe('what is no gRPC', () => {
  /** Sends bytes and resolves when the server has hung up. */
  const throwAt = async (...pieces: readonly (string | Buffer)[]): Promise<void> => {
    const socket: Socket = connect(under.server.grpcPort as number, '127.0.0.1').on('error', () => undefined)
    for (const piece of pieces) socket.write(piece)
    socket.resume()
    await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 300))])
    socket.destroy()
  }
  const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

  test.each([
    ['HTTP/1.1', ['POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}']],
    ['noise', [Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 73) % 256))]],
    ['noise behind the preface', [PREFACE, Buffer.alloc(1000, 0xff)]],
    ['a frame that is never completed', [PREFACE, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0xff, 0xff])]],
  ])('does not disturb it: %s', async (_, pieces) => {
    await throwAt(...pieces)
    expect(await call(await protobufLogs('after'))).toEqual(Buffer.alloc(0))
  })

  test.each([
    ['a path of other characters', { ':path': '/\u00ff\u0001"%\u00e9' }],
    ['no content type', { 'content-type': undefined }],
    ['a time limit that is none', { 'grpc-timeout': '\u00e9' }],
    ['a time limit beyond all numbers', { 'grpc-timeout': '99999999H' }],
    ['metadata that is no base64', { 'x-bin': '\u00ff~~~' }],
    ['an encoding that nobody knows', { 'grpc-encoding': '\u00e9%' }, Buffer.from([1, 0, 0, 0, 1, 0])],
    ['two messages', {}, Buffer.alloc(10)],
    ['half a message', {}, Buffer.from([0, 0, 0, 0, 9, 1])],
    ['what is not compressed as it says', { 'grpc-encoding': 'gzip' }, Buffer.from([1, 0, 0, 0, 2, 3, 4])],
    ['an authority of other characters', { ':authority': '\u00e9%\u0080' }],
    ['a very long authority', { ':authority': 'é'.repeat(8000) }],
  ])('does not disturb it in the form of a call: %s', async (_, headers, body: Buffer = Buffer.alloc(5)) => {
    await rawCall(under.server.grpcPort as number, headers, body)
    expect(await call(await protobufLogs('after'))).toEqual(Buffer.alloc(0))
  })

  test('does not disturb it by breaking off in the middle of a message', async () => {
    const session = connectHttp2(`http://127.0.0.1:${under.server.grpcPort}`).on('error', () => undefined)
    const stream = session.request({
      ':method': 'POST',
      ':path': GRPC_METHODS.logs,
      'content-type': 'application/grpc',
    })
    stream.on('error', () => undefined)
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]))
    await once(session, 'remoteSettings')
    stream.close(constants.NGHTTP2_CANCEL)
    await new Promise((resolve) => stream.on('close', resolve))
    session.destroy()
    expect(await call(await protobufLogs('after'))).toEqual(Buffer.alloc(0))
  })
})

test('a store that takes nothing is told as unavailable, with the time to wait, and to its owner', async () => {
  const store = new SqliteLogStore(join(under.folder, 'closed.db'))
  await store.close()
  const told: unknown[] = []
  const settings = { maxBodyBytes: MAX_BYTES, allowedHosts: [], onError: (error: unknown) => told.push(error) }
  const listener = await GrpcListener.create(new Receiver(store, new LiveTail()), settings)
  const port = await listener.listen('127.0.0.1', 0)
  const { code, details, metadata } = (await grpcCall(`127.0.0.1:${port}`, await protobufLogs('lost'))) as ServiceError
  expect([Status[code], details]).toEqual(['UNAVAILABLE', expect.stringContaining('closed.db is closed')])
  expect(retryDelay(metadata.get('grpc-status-details-bin')[0] as Buffer)).toBe(5_000)
  expect(told).toHaveLength(1)
  await listener.close()
})

describe('the port for gRPC', () => {
  test('that is taken is told, with nothing left open', async () => {
    const { grpcPort } = under.server
    await expect(startTestServer({ grpcPort: grpcPort as number })).rejects.toThrow(
      `gRPC port ${grpcPort} on 127.0.0.1: it is in use; stop what uses it, or choose another port (0 = any free one)`,
    )
  })

  test('can be left out', async () => {
    const without = await startTestServer({ grpcPort: false })
    expect([without.server.grpcPort, without.server.urls.grpc]).toEqual([undefined, undefined])
    expect((await without.get('/logs/health')).body.otlp_grpc).toBeNull()
    await without.stop()
  })

  test('is at the address that the name of the host has', async () => {
    const named = await startTestServer({ host: 'localhost' })
    const answer = await grpcCall(`localhost:${named.server.grpcPort}`, await protobufLogs('named'))
    expect(answer).toEqual(Buffer.alloc(0))
    expect((await named.get('/logs/health')).body.otlp_grpc).toBe(`http://localhost:${named.server.grpcPort}`)
    await named.stop()
    await expect(startTestServer({ host: 'unix' })).rejects.toThrow(/^OTLP port 0 on unix/)
  })
})

test('a server that is closed finishes the calls it has, and does not wait for those that never end', async () => {
  const closing = await startTestServer()
  const session = connectHttp2(`http://127.0.0.1:${closing.server.grpcPort}`).on('error', () => undefined)
  const headers = { ':method': 'POST', ':path': GRPC_METHODS.logs, 'content-type': 'application/grpc' }
  const [ending, endless] = [session.request(headers), session.request(headers)]
  endless.on('error', () => undefined)
  const frame = framed(await protobufLogs('lastgrpc'))
  ending.write(frame.subarray(0, 20))
  endless.write(frame.subarray(0, 20))
  await once(session, 'remoteSettings')
  await new Promise<void>((resolve) => void session.ping(() => resolve()))
  const begin = performance.now()
  const closed = closing.server.close()
  ending.end(frame.subarray(20))
  const [trailers] = (await once(ending.resume(), 'trailers')) as [Record<string, string>]
  expect(trailers['grpc-status']).toBe('0')
  await closed
  expect(performance.now() - begin).toBeLessThan(15_000)
  const again = await startTestServer({ dataFolder: closing.folder })
  expect((await again.get('/logs/search?q=lastgrpc')).body.records).toHaveLength(1)
  await again.stop()
  await closing.stop()
})
