import { trace } from '@opentelemetry/api'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { freePort } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { untilPasses } from '../support/until-passes.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
const log = getLogger('assistant')
let instrumentation: Instrumentation
let server: WebSocketServer
let url: string

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  instrumentation = createWebSocketInstrumentation()
  instrumentation.enable()
})

afterEach(async () => {
  for (const client of server.clients) client.terminate()
  server.close()
  await until('the end of all sessions', () => !/[1-9]\d* open/.test(instrumentation.status().detail))
  instrumentation.disable()
  telemetry.clear()
})

async function talk(client: WebSocket): Promise<void> {
  await once(client, 'open')
  client.send('hello')
  client.close(1000)
  await once(client, 'close')
}

async function sessionOf(
  path: string,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown> | undefined> {
  const client = new WebSocket(url + path, { headers })
  await talk(client)
  await until('the closing record', () => telemetry.said('disconnected', 'server').length === 1)
  return telemetry.said('disconnected', 'server')[0]?.fields
}

function use(settings: Parameters<typeof createWebSocketInstrumentation>[0]): void {
  instrumentation.disable()
  instrumentation = createWebSocketInstrumentation(settings)
  instrumentation.enable()
}

function header(name: string) {
  return (request: IncomingMessage) => request.headers[name] as string | undefined
}

function fail(): never {
  throw new Error('no')
}

function shape(): unknown[] {
  return [WebSocket, WebSocketServer].map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype))
}

describe('a session of a ws client', () => {
  it('is a child of the work that opened it, stays in the session that is in, and brings its trace to the server', async () => {
    await withContext({ 'session.id': 'outer' }, () =>
      trace.getTracer('test').startActiveSpan('work', async (work) => {
        const client = new WebSocket(`${url}/realtime?key=s3cret`)
        client.on('open', () => log.info('open'))
        await talk(client)
        work.end()
      }),
    )
    await untilPasses(() => expect(telemetry.spans).toHaveLength(4))
    const work = telemetry.spans.find((span) => span.name === 'work')
    const session = telemetry.spans.find((span) => span.kind === 'CLIENT')
    const upgrade = telemetry.spans.find((span) => span.name === 'GET')
    expect(session).toMatchObject({
      name: 'websocket session',
      trace_id: work?.trace_id,
      parent_span_id: work?.span_id,
    })
    expect(upgrade).toMatchObject({ trace_id: work?.trace_id, parent_span_id: session?.span_id })
    expect(telemetry.said('open')).toMatchObject([{ fields: { 'session.id': 'outer' }, span_id: session?.span_id }])
    expect(telemetry.said('disconnected', 'client')[0]?.fields).toEqual({
      'session.id': 'outer',
      'websocket.role': 'client',
      'url.path': '/realtime',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(url).port),
      'clew.duration_ms': expect.any(Number),
      'websocket.messages.received': 0,
      'websocket.messages.sent': 1,
      'websocket.bytes.received': 0,
      'websocket.bytes.sent': 5,
      'websocket.messages.sent_text': 1,
      'websocket.bytes.sent_text': 5,
      'websocket.idle_ms': expect.any(Number),
      'websocket.idle_max_ms': expect.any(Number),
      'websocket.buffered.max_bytes': expect.any(Number),
      'websocket.close.code': 1000,
      'websocket.close.name': 'normal',
    })
  })

  it('has an id of its own outside of any session', async () => {
    await talk(new WebSocket(url))
    const [first] = telemetry.said('connection established', 'client')
    expect(first?.fields['session.id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('that can not connect is told as an error, and the application sees the same error', async () => {
    const client = new WebSocket(`ws://127.0.0.1:${await freePort()}/`)
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    await untilPasses(() => expect(telemetry.said('connection failed')).toHaveLength(1))
    expect(error.code).toBe('ECONNREFUSED')
    expect(telemetry.said('connection failed')[0]).toMatchObject({
      level: 'ERROR',
      event: 'websocket.failed',
      error: { message: error.message },
    })
    expect(telemetry.spans[0]).toMatchObject({ status: 'ERROR', attributes: { 'error.type': 'ECONNREFUSED' } })
  })
})

describe('the settings of sessions', () => {
  it('name the session and the tenant, from the upgrade request', async () => {
    use({ sessionId: header('x-session'), tenantId: header('x-tenant') })
    const fields = await sessionOf('/?session_id=query', {
      'x-session': 's-9',
      'x-tenant': 't-1',
      'x-request-id': 'r-1',
    })
    expect(fields).toMatchObject({ 'session.id': 's-9', 'clew.tenant.id': 't-1', 'clew.request.id': 'r-1' })
  })

  it('that throw are passed over', async () => {
    use({ sessionId: fail, tenantId: fail })
    expect(await sessionOf('/?session_id=query')).toMatchObject({ 'session.id': 'query' })
  })

  it('do not let a client choose an id that could break a file or a query', async () => {
    const fields = await sessionOf(`/?session_id=${encodeURIComponent('a"\n b')}`, { 'x-request-id': 'x'.repeat(200) })
    expect(fields?.['session.id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(fields?.['clew.request.id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('ask for a sign of life of long sessions', async () => {
    use({ summaryMillis: 20 })
    const client = new WebSocket(url)
    await once(client, 'open')
    client.send('x')
    await untilPasses(() => expect(telemetry.said('session summary', 'server').length).toBeGreaterThan(1))
    expect(telemetry.said('session summary', 'server').at(-1)).toMatchObject({
      level: 'INFO',
      fields: { 'websocket.messages.received': 1 },
    })
    client.close()
    await once(client, 'close')
  })
})

describe('the WebSocket instrumentation', () => {
  it('closes the books of open sessions when it is disabled, and leaves the connections alone', async () => {
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    const client = new WebSocket(url)
    await once(client, 'open')
    instrumentation.disable()
    const left = telemetry.said('session left open at shutdown')
    expect(new Set(left.map((record) => record.fields['websocket.role']))).toEqual(new Set(['client', 'server']))
    expect(left[0]).toMatchObject({
      level: 'INFO',
      event: 'websocket.disconnected',
      fields: { 'websocket.left_open': 'shutdown' },
    })
    expect(telemetry.spans.filter((span) => span.attributes['websocket.left_open'] === 'shutdown')).toHaveLength(2)
    telemetry.clear()
    client.send('still there')
    expect(String((await once(client, 'message'))[0])).toBe('still there')
    client.close()
    await once(client, 'close')
    expect([telemetry.records, telemetry.spans]).toEqual([[], []])
  })

  it('leaves the classes as they were when it is disabled', async () => {
    const patched = shape()
    instrumentation.disable()
    const before = shape()
    expect(patched).not.toEqual(before)
    expect(Object.keys(before[0] as object)).not.toContain('emit')
    instrumentation.enable()
    await talk(new WebSocket(url))
    instrumentation.disable()
    expect(shape()).toEqual(before)
  })

  it('records once when it is enabled twice, and again after it was disabled', async () => {
    instrumentation.enable()
    instrumentation.disable()
    instrumentation.enable()
    instrumentation.enable()
    await talk(new WebSocket(url))
    await untilPasses(() => expect(telemetry.said('disconnected')).toHaveLength(2))
    expect(telemetry.said('connection established')).toHaveLength(2)
  })
})
