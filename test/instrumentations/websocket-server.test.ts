import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer, type RawData } from 'ws'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { bindContext, enrich, withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { untilPasses } from '../support/until-passes.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
const log = getLogger('chat')
let instrumentation: Instrumentation
let server: WebSocketServer
let url: string

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())

beforeEach(async () => {
  instrumentation = createWebSocketInstrumentation()
  instrumentation.enable()
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  for (const client of server.clients) client.terminate()
  server.close()
  await closed()
  instrumentation.disable()
  telemetry.clear()
})

async function closed(): Promise<void> {
  await untilPasses(() => expect(instrumentation.status().detail).toMatch(/\b0 open sessions/))
}

/** Opens a client, does something with it, closes it, and waits until both ends have told it. */
async function visit(
  path: string,
  use: (client: WebSocket) => unknown = () => {},
  protocols: string[] = [],
): Promise<void> {
  const client = new WebSocket(url + path, protocols)
  await once(client, 'open')
  await use(client)
  if (client.readyState !== WebSocket.CLOSED) {
    client.close(1000, 'done')
    await once(client, 'close')
  }
  await closed()
}

async function sayHello(client: WebSocket): Promise<void> {
  client.send('grüezi')
  await once(client, 'message')
}

function text(data: RawData): string {
  return (data as Buffer).toString()
}

describe('a session of a ws server', () => {
  it('is told when it is established and when it ends', async () => {
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${text(data)}`)))
    await visit('/rooms/7?session_id=abc&token=s3cret', sayHello, ['chat.v1'])

    const peer = {
      'session.id': 'abc',
      'clew.request.id': expect.any(String),
      'websocket.role': 'server',
      'http.request.method': 'GET',
      'url.path': '/rooms/7',
      'client.address': '127.0.0.1',
      'clew.channel': 'audit',
    }
    const quiet = {
      'websocket.idle_ms': expect.any(Number),
      'websocket.idle_max_ms': expect.any(Number),
      'websocket.buffered.max_bytes': expect.any(Number),
    }
    const [established] = telemetry.said('connection established', 'server')
    const [disconnected] = telemetry.said('disconnected', 'server')
    const session = telemetry.spans.find((span) => span.name === 'websocket session' && span.kind === 'SERVER')
    const ids = { component: 'websocket', error: undefined, trace_id: session?.trace_id, span_id: session?.span_id }
    expect(established).toEqual({
      ...ids,
      level: 'INFO',
      message: 'connection established',
      event: 'websocket.connected',
      fields: { ...peer, 'websocket.protocol': 'chat.v1', 'websocket.summary_interval_ms': 300_000 },
    })
    expect(disconnected).toEqual({
      ...ids,
      level: 'INFO',
      message: 'disconnected',
      event: 'websocket.disconnected',
      fields: {
        ...peer,
        'clew.duration_ms': expect.any(Number),
        'websocket.messages.received': 1,
        'websocket.messages.sent': 1,
        'websocket.bytes.received': 7,
        'websocket.bytes.sent': 16,
        'websocket.messages.received_text': 1,
        'websocket.messages.sent_text': 1,
        'websocket.bytes.received_text': 7,
        'websocket.bytes.sent_text': 16,
        ...quiet,
        'websocket.close.code': 1000,
        'websocket.close.name': 'normal',
        'websocket.close.reason': 'done',
      },
    })
    expect(telemetry.records.filter((record) => record.fields['websocket.role'] === 'server')).toHaveLength(2)
  })

  it('has one span from upgrade to close, below the span of its upgrade request', async () => {
    await visit('/feed')
    const session = telemetry.spans.find((span) => span.name === 'websocket session' && span.kind === 'SERVER')
    const upgrade = telemetry.spans.find((span) => span.name === 'GET')
    expect(upgrade).toMatchObject({
      attributes: {
        'http.request.method': 'GET',
        'url.path': '/feed',
        'client.address': '127.0.0.1',
        'http.response.status_code': 101,
      },
    })
    expect(session).toMatchObject({ trace_id: upgrade?.trace_id, parent_span_id: upgrade?.span_id, status: 'UNSET' })
    expect(session?.attributes).toMatchObject({ 'websocket.close.code': 1000, 'websocket.messages.sent': 0 })
  })

  it('continues the trace that the upgrade request brings', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const client = new WebSocket(url, { headers: { traceparent } })
    await once(client, 'open')
    client.close()
    await once(client, 'close')
    await closed()
    const upgrade = telemetry.spans.find((span) => span.name === 'GET')
    expect(upgrade).toMatchObject({ trace_id: traceparent.slice(3, 35), parent_span_id: traceparent.slice(36, 52) })
  })

  it('gives its context to every kind of handler and to what they await', async () => {
    server.on('connection', (socket) => {
      log.info('connection')
      socket.on('message', () => void turn().then(() => log.info('on')))
      socket.once('message', () => log.info('once'))
      socket.addEventListener('message', () => log.info('addEventListener'))
      // oxlint-disable-next-line unicorn/prefer-add-event-listener -- one of the ways that must work
      socket.onmessage = () => setTimeout(() => log.info('onmessage'), 0)
      socket.on('close', () => log.info('close'))
    })
    await visit('/?session_id=s1', (client) => client.send('x'))
    await untilPasses(() => expect(telemetry.said('onmessage')).toHaveLength(1))
    const said = telemetry.records.filter((record) => record.component === 'chat')
    const kinds = new Set(['addEventListener', 'close', 'connection', 'on', 'once', 'onmessage'])
    expect(new Set(said.map((record) => record.message))).toEqual(kinds)
    expect(said).toHaveLength(kinds.size)
    const [disconnected] = telemetry.said('disconnected', 'server')
    for (const record of said)
      expect(record).toMatchObject({ fields: { 'session.id': 's1' }, span_id: disconnected?.span_id })
  })

  it('never mixes with another session, however their messages interleave', async () => {
    server.on('connection', (socket) => {
      const handle = async (name: string): Promise<void> => {
        await turn()
        bindContext({ 'user.id': name })
        await turn()
        log.info('handled', { said: name })
        socket.send('ok')
      }
      socket.on('message', (data) => void handle(text(data)))
    })
    const names = ['ann', 'bob', 'cem']
    await Promise.all(
      names.map((name) =>
        visit(`/?session_id=${name}`, async (client) => {
          for (let message = 0; message < 20; message++) {
            client.send(name)
            await once(client, 'message')
          }
        }),
      ),
    )
    const handled = telemetry.said('handled')
    expect(handled).toHaveLength(60)
    for (const { fields } of handled)
      expect([fields['session.id'], fields['user.id']]).toEqual([fields['said'], fields['said']])
    for (const { fields } of telemetry.said('disconnected', 'server')) {
      expect(fields).toMatchObject({ 'user.id': fields['session.id'], 'websocket.messages.received': 20 })
    }
  })

  it('carries what a handler binds on its closing record and its span', async () => {
    server.on('connection', (socket) => socket.on('message', () => bindContext({ 'user.id': 'u-1' })))
    await visit('/', (client) => client.send('log in'))
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject({ 'user.id': 'u-1' })
    const session = telemetry.spans.find((span) => span.name === 'websocket session' && span.kind === 'SERVER')
    expect(session?.attributes).toMatchObject({ 'user.id': 'u-1' })
  })

  it('carries what a handler gathered on its closing record and its span alone', async () => {
    server.on('connection', (socket) =>
      socket.on('message', () => {
        enrich({ chunks: 3 })
        log.info('a chunk')
      }),
    )
    await visit('/', (client) => client.send('x'))
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject({ chunks: 3 })
    expect(telemetry.said('a chunk')[0]?.fields).not.toHaveProperty('chunks')
    const session = telemetry.spans.find((span) => span.name === 'websocket session' && span.kind === 'SERVER')
    expect(session?.attributes).toMatchObject({ chunks: 3 })
  })

  it('counts messages and payload bytes of text, binary and fragments', async () => {
    server.on('connection', (socket) => {
      socket.on('message', (_, isBinary) => {
        if (!isBinary) return
        socket.send('one, ', { fin: false })
        socket.send('two', { fin: true })
        socket.send(new Uint8Array(10))
        socket.send(new Uint8Array(20).buffer)
      })
    })
    await visit('/', async (client) => {
      client.send('a'.repeat(100))
      client.send(Buffer.alloc(70_000))
      let messages = 0
      client.on('message', () => messages++)
      await untilPasses(() => expect(messages).toBe(3))
    })
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject({
      'websocket.messages.received': 2,
      'websocket.bytes.received': 70_100,
      'websocket.messages.sent': 3,
      'websocket.bytes.sent': 38,
    })
  })
})

describe('the end of a session', () => {
  it('without a closing handshake is INFO with code 1006', async () => {
    await visit('/', (client) => {
      client.terminate()
      return once(client, 'close')
    })
    expect(telemetry.said('disconnected', 'server')).toMatchObject([
      { level: 'INFO', fields: { 'websocket.close.code': 1006, 'websocket.close.name': 'abnormal' } },
    ])
  })

  it('by a peer that breaks the protocol is a WARNING with the error', async () => {
    const failed = new Promise((resolve) => server.once('connection', (socket) => socket.once('error', resolve)))
    const raw = connect(Number(new URL(url).port), '127.0.0.1')
    raw.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await once(raw, 'data')
    raw.write(Buffer.from([0xf0, 0x80, 0, 0, 0, 0]))
    await failed
    raw.destroy()
    await closed()
    expect(telemetry.said('disconnected', 'server')).toMatchObject([
      {
        level: 'WARNING',
        error: { type: 'RangeError', message: 'Invalid WebSocket frame: RSV2 and RSV3 must be clear' },
      },
    ])
    const session = telemetry.spans.find((span) => span.name === 'websocket session')
    expect(session).toMatchObject({ status: 'ERROR', attributes: { 'error.type': 'WS_ERR_UNEXPECTED_RSV_2_3' } })
  })

  it('with a code that names a failure is a WARNING', async () => {
    server.on('connection', (socket) => socket.close(1011, 'out of order'))
    await visit('/', (client) => once(client, 'close'))
    expect(telemetry.said('disconnected', 'server')).toMatchObject([
      { level: 'WARNING', fields: { 'websocket.close.code': 1011, 'websocket.close.reason': 'out of order' } },
    ])
  })
})

describe('an upgrade', () => {
  it('that is refused is told with its status, and is no session', async () => {
    server.options.verifyClient = () => false
    const client = new WebSocket(`${url}/private`)
    await once(client, 'error')
    await untilPasses(() => expect(telemetry.said('connection refused')).toHaveLength(1))
    expect(telemetry.said('connection refused')[0]).toMatchObject({
      level: 'WARNING',
      event: 'websocket.failed',
      fields: { 'url.path': '/private', 'http.response.status_code': 401 },
    })
    expect(telemetry.spans.find((span) => span.name === 'GET')?.attributes).toMatchObject({
      'http.response.status_code': 401,
    })
    expect(telemetry.said('connection established')).toEqual([])
  })

  it('may be decided later, by hand, and what is bound meanwhile stays for the session', async () => {
    const http = createServer()
    const noServer = new WebSocketServer({ noServer: true })
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      setImmediate(() => {
        bindContext({ 'user.id': 'u-2' })
        withContext({ plan: 'gold' }, () =>
          noServer.handleUpgrade(request, socket, head, (client) => {
            log.info('accepted')
            client.on('message', () => log.info('heard'))
          }),
        )
      })
    })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
    await visit('/?sessionId=later', (client) => client.send('x'))
    const bound = { 'session.id': 'later', 'user.id': 'u-2', plan: 'gold' }
    for (const message of ['accepted', 'heard']) expect(telemetry.said(message)[0]?.fields).toMatchObject(bound)
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject(bound)
    http.close()
  })

  it('that is answered by other means leaves the socket as it was', async () => {
    const http = createServer()
    http.on('upgrade', (_: IncomingMessage, socket: Duplex) => {
      socket.write('HTTP/1.1 403 Forbidden\r\n\r\n')
      socket.end('no')
    })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`)
    const [error] = (await once(client, 'error')) as [Error]
    expect(error.message).toBe('Unexpected server response: 403')
    expect(telemetry.said('connection refused')).toMatchObject([
      { fields: { 'websocket.role': 'server', 'http.response.status_code': 403 } },
    ])
    http.close()
  })
})
