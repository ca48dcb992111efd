import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { activeContext, bindContext, isSuppressed } from '../../../src/context/index.ts'
import { until } from '../../support/until.ts'
import type { HttpOptions } from '../../../instrumentations/http/index.ts'
import { Recording, SPAN_REST } from './support/recording.ts'
import { ask, get, openSocket, readAll, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let server: TestServer

afterEach(async () => {
  await server.stop()
  recording.stop()
})

async function start(handler: Parameters<typeof startServer>[0], options?: HttpOptions): Promise<void> {
  recording = new Recording(options)
  server = await startServer(handler)
}

const DURATION = { 'clew.duration_ms': expect.any(Number) as number }
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('a request is a span and two records with the same ids, and the client gets its request id', async () => {
  await start((_request, response) => response.end('hello'))
  const answer = await ask(server.port, get('/orders/7?page=2&token=s3cret', 'X-Request-ID: r-1', 'User-Agent: test/1'))
  const bound = {
    'clew.request.id': 'r-1',
    'http.request.method': 'GET',
    'url.path': '/orders/7',
    'client.address': '127.0.0.1',
  }
  const span = await recording.span('SERVER')
  expect(span).toEqual({
    ...SPAN_REST,
    name: 'GET',
    kind: 'SERVER',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    status: 'UNSET',
    attributes: {
      ...bound,
      'url.scheme': 'http',
      'url.query': 'page=2&token=[REDACTED]',
      'server.address': 'shop.test',
      'server.port': 8080,
      'network.protocol.version': '1.1',
      'user_agent.original': 'test/1',
      'http.response.status_code': 200,
    },
  })
  const { trace_id, span_id } = span
  const rest = { component: 'http', error: undefined, trace_id, span_id }
  expect(recording.records).toEqual([
    { ...rest, level: 'DEBUG', message: 'request received', event: undefined, fields: bound },
    {
      ...rest,
      level: 'INFO',
      message: 'request completed',
      event: 'API_REQUEST',
      fields: {
        ...bound,
        ...DURATION,
        'http.response.status_code': 200,
        'http.response.body.size': 5,
        'user_agent.original': 'test/1',
      },
    },
  ])
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nx-request-id: r-1\r\n/)
})

test('a traceparent makes the request part of the trace of its client', async () => {
  await start((_request, response) => response.end())
  await ask(server.port, get('/', 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'))
  expect(await recording.span('SERVER')).toMatchObject({
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    parent_span_id: '00f067aa0ba902b7',
  })
})

test.each([
  ['none', []],
  ['one with a space', ['X-Request-ID: a b']],
  ['one that is too long', [`X-Request-ID: ${'a'.repeat(129)}`]],
  ['two', ['X-Request-ID: a', 'X-Request-ID: b']],
])('instead of %s, a request gets a new id', async (_case, headers) => {
  await start((_request, response) => response.end())
  const answer = await ask(server.port, get('/', ...headers))
  const { fields } = await recording.record('request completed')
  expect(fields['clew.request.id']).toMatch(UUID)
  expect(answer).toContain(`x-request-id: ${String(fields['clew.request.id'])}\r\n`)
})

test('the application may answer with a request id of its own', async () => {
  await start((_request, response) => response.writeHead(200, ['X-Request-ID', 'own']).end())
  const answer = await ask(server.port, get('/'))
  expect(answer.match(/x-request-id: .*/gi)).toEqual(['X-Request-ID: own'])
})

test.each([
  [404, 'WARNING', undefined, false],
  [500, 'ERROR', '500', true],
  [304, 'INFO', undefined, false],
])('an answer of %d is told at %s', async (status, level, errorType, failed) => {
  await start((_request, response) => response.writeHead(status).end())
  await ask(server.port, get('/'))
  const record = await recording.record('request completed')
  expect(record).toMatchObject({ level, fields: { 'http.response.status_code': status } })
  expect(record.fields['error.type']).toBe(errorType)
  const span = await recording.span('SERVER')
  expect(span.status === 'ERROR').toBe(failed)
  expect(span.attributes['error.type']).toBe(errorType)
})

test('a slow request is told as slow, at WARNING', async () => {
  await start((_request, response) => response.end(), { slowMillis: 0 })
  await ask(server.port, get('/'))
  expect(await recording.record('slow request completed')).toMatchObject({ level: 'WARNING', event: 'API_REQUEST' })
})

test('a client that goes away before its answer leaves an aborted request', async () => {
  await start(() => socket.resetAndDestroy())
  const socket = await openSocket(server.port)
  socket.on('error', () => {})
  socket.write(get('/'))
  const { level, fields } = await recording.record('request aborted')
  expect({ level, status: fields['http.response.status_code'], type: fields['error.type'] }).toEqual({
    level: 'WARNING',
    status: undefined,
    type: 'aborted',
  })
  expect((await recording.span('SERVER')).attributes['error.type']).toBe('aborted')
})

test('a client that goes away in the midst of its answer leaves an aborted request with a status', async () => {
  await start((_request, response) => response.write('first part'))
  const socket = await openSocket(server.port)
  socket.on('error', () => {})
  socket.write(get('/'))
  await once(socket, 'data')
  socket.resetAndDestroy()
  expect((await recording.record('request aborted')).fields['http.response.status_code']).toBe(200)
})

test('a HEAD request is complete without a body', async () => {
  await start((_request, response) => response.end('never sent'))
  const answer = await ask(server.port, get('/').replace('GET', 'HEAD'))
  expect(answer).not.toContain('never sent')
  expect(await recording.record('request completed')).toMatchObject({
    level: 'INFO',
    fields: { 'http.request.method': 'HEAD' },
  })
})

test('pipelined requests on one connection are each told once', async () => {
  await start((request, response) => response.end(request.url))
  const text = ['/1', '/2', '/3']
    .map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n${path === '/3' ? 'Connection: close\r\n' : ''}\r\n`)
    .join('')
  await ask(server.port, text)
  const spans = await recording.spansOf('SERVER', 3)
  expect(spans.map((span) => span.attributes['url.path'])).toEqual(['/1', '/2', '/3'])
  const completed = recording.records.filter((record) => record.message === 'request completed')
  expect(completed.map((record) => record.fields['url.path'])).toEqual(['/1', '/2', '/3'])
})

test('pipelined requests whose connection breaks are all told as aborted', async () => {
  const seen: string[] = []
  await start((request) => {
    seen.push(request.url ?? '')
    if (seen.length === 2) socket.resetAndDestroy()
  })
  const socket = await openSocket(server.port)
  socket.on('error', () => {})
  socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
  await recording.spansOf('SERVER', 2)
  const aborted = recording.records.filter((record) => record.message === 'request aborted')
  expect(new Set(aborted.map((record) => record.fields['url.path']))).toEqual(new Set(['/1', '/2']))
  expect(aborted).toHaveLength(2)
})

test('a user bound while the request runs is on its closing record and its span', async () => {
  await start((_request, response) => {
    bindContext({ 'user.id': 'u-7' })
    response.end()
  })
  await ask(server.port, get('/'))
  expect((await recording.record('request completed')).fields['user.id']).toBe('u-7')
  expect((await recording.span('SERVER')).attributes['user.id']).toBe('u-7')
})

test('a route that the application binds names the span', async () => {
  await start((_request, response) => {
    bindContext({ 'http.route': '/orders/:id' })
    response.end()
  })
  await ask(server.port, get('/orders/7'))
  expect((await recording.span('SERVER')).name).toBe('GET /orders/:id')
  expect((await recording.record('request completed')).fields['http.route']).toBe('/orders/:id')
})

test('health checks that are to be ignored leave nothing, and neither do the others suffer', async () => {
  await start((_request, response) => response.end('fine'), { ignorePaths: ['/health', /^\/ready/g] })
  expect(await ask(server.port, get('/health?deep=1'))).not.toContain('x-request-id')
  await ask(server.port, get('/ready/now'))
  await ask(server.port, get('/ready/now'))
  await ask(server.port, get('/healthy'))
  await recording.record('request completed')
  expect(recording.spans.map((span) => span.attributes['url.path'])).toEqual(['/healthy'])
})

test('the body and the end of a request that is ignored come suppressed, too', async () => {
  const heard: unknown[] = []
  const hear = (event: string) => () => heard.push([event, isSuppressed(activeContext())])
  await start(
    (request, response) => {
      heard.push('request')
      request.on('data', hear('data')).on('end', () => response.end())
      request.on('end', hear('end'))
      response.on('close', hear('close'))
    },
    { ignorePaths: ['/health'] },
  )
  const socket = await openSocket(server.port)
  socket.write('POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\n')
  await until('the request', () => heard.length === 1)
  socket.write('body')
  await readAll(socket)
  await until('its end', () => heard.length === 4)
  expect(heard).toEqual(['request', ['data', true], ['end', true], ['close', true]])
})

test('an answer after one whose headers were refused has the request id', async () => {
  await start((_request, response) => {
    try {
      response.writeHead(200, { 'x-a': 'a\nb' })
    } catch {
      response.writeHead(500)
    }
    response.end()
  })
  const answer = await ask(server.port, get('/', 'X-Request-ID: r-1'))
  expect(answer).toMatch(/^HTTP\/1\.1 500 .*\r\nx-request-id: r-1\r\n/)
})

test('"request received" comes at INFO when that is wanted', async () => {
  await start((_request, response) => response.end(), { receivedLevel: 'INFO' })
  await ask(server.port, get('/'))
  expect((await recording.record('request received')).level).toBe('INFO')
})

test.each([
  ['nobody', false, '127.0.0.1', 'http', 'shop.test'],
  ['one proxy', 1, '10.0.0.2', 'http', 'inner.test'],
  ['all proxies', true, '203.0.113.9', 'https', 'shop.example'],
])(
  'when %s is trusted, what proxies say of the client counts accordingly',
  async (_case, trustedProxies, client, scheme, host) => {
    await start((_request, response) => response.end(), { trustedProxies })
    const forwarded = [
      'X-Forwarded-For: 203.0.113.9, 10.0.0.2:4711',
      'X-Forwarded-Proto: https, http',
      'X-Forwarded-Host: shop.example, inner.test',
    ]
    await ask(server.port, get('/', ...forwarded))
    const { attributes } = await recording.span('SERVER')
    expect([attributes['client.address'], attributes['url.scheme'], attributes['server.address']]).toEqual([
      client,
      scheme,
      host,
    ])
  },
)

test('a method that no convention knows can not make up new values', async () => {
  await start((_request, response) => response.end())
  await ask(server.port, get('/').replace('GET', 'PROPFIND'))
  expect(await recording.span('SERVER')).toMatchObject({
    name: 'HTTP',
    attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' },
  })
})

test('a request that waits for a go-ahead is told once, also when it is handed on', async () => {
  await start((_request, response) => response.end())
  server.server.on('checkContinue', (request, response) => server.server.emit('request', request, response))
  await ask(server.port, get('/', 'Expect: 100-continue'))
  await recording.record('request completed')
  expect(recording.spans).toHaveLength(1)
})

test('an upgrade request is left to whoever answers it', async () => {
  await start((_request, response) => response.end())
  server.server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  const socket = await openSocket(server.port)
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 101/)
  expect([recording.spans, recording.records]).toEqual([[], []])
})
