import { trace } from '@opentelemetry/api'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { freePort } from '../support/redis-server.ts'
import { untilPasses } from '../support/until-passes.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
let instrumentation: Instrumentation
let server: WebSocketServer
let url: string

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/realtime?key=s3cret`
  instrumentation = createWebSocketInstrumentation()
  instrumentation.enable()
})

afterEach(() => {
  for (const client of server.clients) client.terminate()
  server.close()
  instrumentation.disable()
  telemetry.clear()
})

function converse(): Promise<unknown> {
  return new Promise((resolve) => {
    const client = new WebSocket(url)
    client.addEventListener('open', () => client.send('hello'))
    client.addEventListener('message', () => {
      getLogger('assistant').info('heard')
      client.close(3000, 'bye')
    })
    client.addEventListener('close', resolve)
  })
}

describe("a session of Node's own client", () => {
  it('is told like one of ws, below the work that opened it, and gives its context to its handlers', async () => {
    await trace.getTracer('test').startActiveSpan('work', (work) => converse().finally(() => work.end()))
    await untilPasses(() => expect(telemetry.said('disconnected', 'client')).toHaveLength(1))
    const session = telemetry.spans.find((span) => span.kind === 'CLIENT')
    const work = telemetry.spans.find((span) => span.name === 'work')
    expect(session).toMatchObject({ name: 'websocket session', parent_span_id: work?.span_id })
    expect(telemetry.said('heard')[0]?.span_id).toBe(session?.span_id)
    expect(telemetry.said('disconnected', 'client')[0]?.fields).toEqual({
      'session.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'websocket.role': 'client',
      'url.path': '/realtime',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(url).port),
      'clew.duration_ms': expect.any(Number),
      'websocket.messages.received': 1,
      'websocket.messages.sent': 1,
      'websocket.bytes.received': 5,
      'websocket.bytes.sent': 5,
      'websocket.messages.received_text': 1,
      'websocket.messages.sent_text': 1,
      'websocket.bytes.received_text': 5,
      'websocket.bytes.sent_text': 5,
      'websocket.idle_ms': expect.any(Number),
      'websocket.idle_max_ms': expect.any(Number),
      'websocket.buffered.max_bytes': expect.any(Number),
      'websocket.close.code': 3000,
      'websocket.close.name': 'unauthorized',
      'websocket.close.reason': 'bye',
    })
  })

  it('that can not connect is told as an error', async () => {
    const client = new WebSocket(`ws://127.0.0.1:${await freePort()}/`)
    await new Promise((resolve) => client.addEventListener('error', resolve))
    await untilPasses(() => expect(telemetry.said('connection failed')).toHaveLength(1))
    expect(telemetry.said('connection failed')[0]).toMatchObject({
      level: 'ERROR',
      fields: { 'websocket.close.code': 1006 },
    })
  })

  it('is not watched any more when the instrumentation is disabled', async () => {
    await converse()
    instrumentation.disable()
    expect(Object.getOwnPropertyNames(WebSocket.prototype)).not.toContain('dispatchEvent')
    telemetry.clear()
    await converse()
    expect(telemetry.records.map((record) => record.message)).toEqual(['heard'])
  })
})
