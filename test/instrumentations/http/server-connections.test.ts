import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { fieldScope } from '../../../src/context/index.ts'
import type { HttpOptions } from '../../../instrumentations/http/index.ts'
import { until } from '../../support/until.ts'
import { Recording } from './support/recording.ts'
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

const requestId = (): unknown => fieldScope()?.current().fields['clew.request.id']

test('what comes before the answer (100, 102, 103) and after its body (trailers) is sent as ever, and the request is told once', async () => {
  await start((_request, response) => {
    response.writeProcessing()
    response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    response.writeHead(200, { Trailer: 'X-Sum' })
    response.write('body')
    response.addTrailers({ 'X-Sum': '4' })
    response.end()
  })
  const answer = await ask(server.port, get('/', 'Expect: 100-continue', 'X-Request-ID: r-1'))
  expect(answer.match(/^HTTP\/1.1 \d+|^x-\S+: .*$/gim)).toEqual([
    'HTTP/1.1 100',
    'HTTP/1.1 102',
    'HTTP/1.1 103',
    'HTTP/1.1 200',
    'x-request-id: r-1',
    'X-Sum: 4',
  ])
  await recording.record('request completed')
  expect(recording.spans).toHaveLength(1)
})

test('an expectation that the application answers is a request; one that Node refuses never comes to it', async () => {
  await start((_request, response) => response.end())
  expect(await ask(server.port, get('/', 'Expect: a-miracle'))).toMatch(/^HTTP\/1\.1 417 /)
  server.server.on('checkExpectation', (_request, response) => response.writeHead(418).end())
  expect(await ask(server.port, get('/', 'Expect: a-miracle'))).toMatch(/^HTTP\/1\.1 418 /)
  await recording.record('request completed')
  expect(recording.spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([418])
})

test('requests one after another on a connection each have their own id and context', async () => {
  const seen: unknown[] = []
  await start((_request, response) => {
    setImmediate(() => {
      seen.push(requestId())
      response.end('done')
    })
  })
  const socket = await openSocket(server.port)
  for (const id of ['r-1', 'r-2', 'r-3']) {
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: ${id}\r\n\r\n`)
    await once(socket, 'data')
  }
  socket.destroy()
  expect(seen).toEqual(['r-1', 'r-2', 'r-3'])
  const spans = await recording.spansOf('SERVER', 3)
  expect(spans.map(({ attributes }) => attributes['clew.request.id'])).toEqual(['r-1', 'r-2', 'r-3'])
})

test('code that goes on after the answer is still in the request', async () => {
  let seen: unknown
  await start((_request, response) => {
    response.end()
    response.on('close', () => setTimeout(() => (seen = requestId()), 1))
  })
  await ask(server.port, get('/', 'X-Request-ID: r-1'))
  await until('the timer', () => seen !== undefined)
  expect(seen).toBe('r-1')
})

test('a handler of upgrades that are no WebSocket, and one of tunnels, work as ever, and nothing is told of them', async () => {
  await start((_request, response) => response.end())
  server.server.on('upgrade', (request, socket, head) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n${head.toString()}`)
    socket.on('data', (chunk: Buffer) => socket.end(chunk.toString().toUpperCase()))
  })
  server.server.on('connect', (request, socket) => socket.end(`HTTP/1.1 200 to ${request.url}\r\n\r\n`))
  const upgraded = await openSocket(server.port)
  upgraded.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: shout\r\n\r\nhead ')
  const [first] = (await once(upgraded, 'data')) as [Buffer]
  upgraded.write('hello')
  expect(first.toString() + (await readAll(upgraded))).toBe('HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout\r\n\r\nhead HELLO') // prettier-ignore
  expect(await ask(server.port, 'CONNECT db.test:5432 HTTP/1.1\r\nHost: db.test\r\n\r\n')).toBe('HTTP/1.1 200 to db.test:5432\r\n\r\n') // prettier-ignore
  expect([recording.spans, recording.records]).toEqual([[], []])
})

test('an upgrade that nobody handles is a request like any other', async () => {
  await start((_request, response) => response.end('plain'))
  const answer = await ask(server.port, get('/', 'Upgrade: shout').replace('Connection: close', 'Connection: close, upgrade')) // prettier-ignore
  expect(answer).toContain('plain')
  expect(await recording.record('request completed')).toMatchObject({ level: 'INFO' })
})

test('an answer that takes longer than its time-out is told as one', async () => {
  await start((_request, response) => void response.setTimeout(20))
  await ask(server.port, get('/'))
  expect(await recording.record('request aborted')).toMatchObject({
    level: 'WARNING',
    fields: { 'error.type': 'timeout' },
  })
})

test('a body that does not come in time is answered with 408 by Node, and the request says why', async () => {
  recording = new Recording()
  server = await startServer((request) => void request.resume(), {
    requestTimeout: 100,
    headersTimeout: 50,
    connectionsCheckingInterval: 20,
  })
  const answer = await ask(server.port, 'POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf')
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(await recording.record('request aborted')).toMatchObject({
    fields: { 'error.type': 'ERR_HTTP_REQUEST_TIMEOUT', 'url.path': '/slow' },
  })
  expect(recording.records.map(({ message }) => message)).not.toContain('request not received in time')
})

test('headers that do not come in time are told once, as no request', async () => {
  recording = new Recording()
  server = await startServer((_request, response) => response.end(), {
    headersTimeout: 50,
    connectionsCheckingInterval: 20,
  })
  const late = 'GET / HTTP/1.1\r\nHost'
  const answers = await Promise.all([ask(server.port, late), ask(server.port, late)])
  expect(answers.map((answer) => answer.slice(0, 12))).toEqual(['HTTP/1.1 408', 'HTTP/1.1 408'])
  expect(await recording.record('request not received in time')).toMatchObject({
    level: 'INFO',
    event: 'BROKEN_REQUEST',
    fields: { 'error.type': 'ERR_HTTP_REQUEST_TIMEOUT', 'http.response.status_code': 408, 'clew.count': 1 },
  })
  expect([recording.records.length, recording.spans]).toEqual([1, []])
})

test('what is no HTTP is told once a minute for each kind, without its contents, and answered by Node as ever', async () => {
  await start((_request, response) => response.end())
  const broken = [
    'secret=hunter2\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    'secret=again\r\n\r\n',
  ]
  const answers: string[] = []
  for (const text of broken) answers.push((await ask(server.port, text)).slice(0, 12))
  expect(answers).toEqual(['HTTP/1.1 400', 'HTTP/1.1 431', 'HTTP/1.1 400'])
  await until('two records', () => recording.records.length === 2)
  const rest = { component: 'http', level: 'WARNING', message: 'malformed request', event: 'BROKEN_REQUEST', error: undefined, trace_id: undefined, span_id: undefined } // prettier-ignore
  expect(recording.records).toEqual([
    { ...rest, fields: { 'error.type': 'HPE_INVALID_METHOD', 'http.response.status_code': 400, 'client.address': '127.0.0.1', 'clew.count': 1 } }, // prettier-ignore
    { ...rest, fields: { 'error.type': 'HPE_HEADER_OVERFLOW', 'http.response.status_code': 431, 'client.address': '127.0.0.1', 'clew.count': 1 } }, // prettier-ignore
  ])
  expect(server.server.listenerCount('clientError')).toBe(0)
})

test("a program's own answer to what is no HTTP stays, and a client that just goes away is none", async () => {
  await start((_request, response) => response.end())
  server.server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Mine\r\n\r\n'))
  expect(await ask(server.port, 'nonsense\r\n\r\n')).toBe('HTTP/1.1 400 Mine\r\n\r\n')
  const gone = connect(server.port, '127.0.0.1')
  await once(gone, 'connect')
  gone.resetAndDestroy()
  await recording.record('malformed request')
  expect(recording.records).toHaveLength(1)
})

test('a body in broken chunks ends the request it belongs to, and says why', async () => {
  await start((request) => void request.resume().on('error', () => {}))
  await ask(server.port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
  expect(await recording.record('request aborted')).toMatchObject({
    fields: { 'error.type': 'HPE_INVALID_CHUNK_SIZE' },
  })
  expect(recording.records.map(({ message }) => message)).toEqual(['request received', 'request aborted'])
})

test('an answer that is streamed is complete when its last byte is out, however many pieces it had', async () => {
  await start((_request, response) => {
    let pieces = 0
    const timer = setInterval(() => {
      response.write('piece ')
      if (++pieces < 3) return
      clearInterval(timer)
      response.end()
    }, 5)
  })
  await ask(server.port, get('/'))
  const { fields } = await recording.record('request completed')
  expect(Number(fields['clew.duration_ms'])).toBeGreaterThan(10)
  expect(fields).not.toHaveProperty('http.response.body.size')
})

test('a second instrumentation and a late disable leave no listener of ours on requests and answers', async () => {
  const counts: Record<string, number>[] = []
  const count = (emitter: NodeJS.EventEmitter): Record<string, number> =>
    Object.fromEntries(emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]))
  const handler: Parameters<typeof startServer>[0] = (request, response) => {
    counts.push(count(request), count(response))
    response.end()
  }
  server = await startServer(handler)
  await ask(server.port, get('/'))
  await server.stop()
  await start(handler)
  await ask(server.port, get('/'))
  expect(counts.slice(2)).toEqual(counts.slice(0, 2))
})
