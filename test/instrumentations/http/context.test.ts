import { trace } from '@opentelemetry/api'
import { once } from 'node:events'
import { pipeline as joinStreams } from 'node:stream/promises'
import { Transform } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { audit } from '../../../src/audit/index.ts'
import { activeContext, bindContext, enrich, fieldScope, withContext } from '../../../src/context/index.ts'
import { Recording } from './support/recording.ts'
import { ask, call, get, openSocket, readAll, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let server: TestServer

beforeEach(() => {
  recording = new Recording()
})

afterEach(async () => {
  await server.stop()
  recording.stop()
})

const requestId = (): unknown => fieldScope()?.current().fields['clew.request.id']
const expected = (i: number): string => `r-${i} user of r-${i}`
const user = (): unknown => fieldScope()?.current().fields['user.id']

function post(path: string, id: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Request-ID: ${id}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
}

test('the request lasts over await, timers, promises and microtasks', async () => {
  const seen: unknown[] = []
  server = await startServer((_request, response) => {
    void (async () => {
      seen.push(requestId())
      await nextTurn()
      seen.push(requestId())
      await delay(1)
      seen.push(requestId())
      setTimeout(() => {
        seen.push(requestId())
        queueMicrotask(() => {
          seen.push(requestId())
          process.nextTick(() => response.end())
        })
      }, 1)
    })()
  })
  await ask(server.port, get('/', 'X-Request-ID: r-1'))
  expect(seen).toEqual(['r-1', 'r-1', 'r-1', 'r-1', 'r-1'])
})

test('what is gathered in a request stands on its closing record and its span, also from within blocks', async () => {
  server = await startServer((_request, response) => {
    enrich({ items: 2, step: 'cart' })
    withContext({ 'tenant.id': 't' }, () => enrich({ step: 'paid' }))
    response.end()
  })
  await ask(server.port, get('/'))
  const completed = await recording.record('request completed')
  expect(completed.fields).toMatchObject({ items: 2, step: 'paid', 'http.response.status_code': 200 })
  expect((await recording.span('SERVER')).attributes).toMatchObject({ items: 2, step: 'paid' })
})

test('what the connection tells of request and response is heard within the request', async () => {
  const seen: Record<string, unknown> = {}
  server = await startServer((request, response) => {
    for (const event of ['data', 'end', 'close']) request.on(event, () => (seen[`request ${event}`] = requestId()))
    for (const event of ['finish', 'close']) response.on(event, () => (seen[`response ${event}`] = requestId()))
    request.on('end', () => response.end())
  })
  const socket = await openSocket(server.port)
  const text = post('/', 'r-1', 'body')
  socket.write(text.slice(0, -4))
  await recording.record('request received')
  socket.end('body')
  await readAll(socket)
  await recording.record('request completed')
  expect(seen).toEqual({
    'request data': 'r-1',
    'request end': 'r-1',
    'request close': 'r-1',
    'response finish': 'r-1',
    'response close': 'r-1',
  })
})

test('a response that drains tells so within the request', async () => {
  const drained: unknown[] = []
  server = await startServer((_request, response) => {
    response.on('drain', () => {
      drained.push(requestId())
      response.end()
    })
    response.write('x'.repeat(16 * 1024 * 1024))
  })
  await ask(server.port, get('/', 'X-Request-ID: r-1'))
  expect(drained).toEqual(['r-1'])
})

test('streams that carry a body run within the request', async () => {
  const seen = new Set<unknown>()
  server = await startServer((request, response) => {
    const upper = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        seen.add(requestId())
        done(null, chunk.toString().toUpperCase())
      },
    })
    void joinStreams(request, upper, response)
  })
  const answer = await call(server.url, { method: 'POST', headers: { 'x-request-id': 'r-1' } }, 'shout')
  expect([answer.body, [...seen]]).toEqual(['SHOUT', ['r-1']])
})

test('code in a block of its own keeps that block when it causes an event', async () => {
  let seen: unknown
  server = await startServer((request, response) => {
    request.on('shipped', () => (seen = user()))
    withContext({ 'user.id': 'inner' }, () => request.emit('shipped'))
    response.end()
  })
  await ask(server.port, get('/'))
  expect(seen).toBe('inner')
})

test('two hundred requests at once, some on shared connections, never see each other', async () => {
  server = await startServer((request, response) => {
    const own = String(request.headers['x-request-id'])
    void (async () => {
      bindContext({ 'user.id': `user of ${own}` })
      await delay(Math.random() * 20)
      const first = `${String(requestId())} ${String(user())}`
      request.resume()
      await once(request, 'end')
      await nextTurn()
      response.end(JSON.stringify([first, `${String(requestId())} ${String(user())}`]))
    })()
  })
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'x-request-id': `r-${i}` },
        body: 'b'.repeat(i * 10),
      })
      return response.json()
    }),
  )
  expect(answers).toEqual(answers.map((_, i) => [expected(i), expected(i)]))
  await recording.spansOf('SERVER', 200)
  const completed = recording.records.filter((record) => record.message === 'request completed')
  const users = completed.map(({ fields }) => `${String(fields['clew.request.id'])} ${String(fields['user.id'])}`)
  expect(new Set(users)).toEqual(new Set(answers.map((_, i) => expected(i))))
  const spans = new Map(
    recording.spans
      .filter((span) => span.kind === 'SERVER')
      .map((span) => [span.span_id, span.attributes['clew.request.id']]),
  )
  expect(completed.every((record) => spans.get(record.span_id ?? '') === record.fields['clew.request.id'])).toBe(true)
})

test('a request inherits nothing from the code that called listen', async () => {
  const boot = trace.getTracer('test').startSpan('boot')
  let seen: unknown
  server = await withContext({ 'user.id': 'boot' }, () =>
    startServer((_request, response) => {
      seen = user()
      response.end()
    }),
  )
  await ask(server.port, get('/'))
  boot.end()
  expect(seen).toBeUndefined()
  expect((await recording.span('SERVER')).parent_span_id).toBeUndefined()
})

test('outside of requests there is no context', async () => {
  server = await startServer((_request, response) => response.end())
  await ask(server.port, get('/'))
  expect(fieldScope(activeContext())).toBeUndefined()
})

test("audit records in a request tell the client's program, which no other record is burdened with", async () => {
  server = await startServer((_request, response) => {
    audit.logout({ user: 'u1' })
    withContext({ 'user_agent.original': 'bound' }, () => audit.logout({ user: 'u2' }))
    audit.logout({ user: 'u3', userAgent: 'given' })
    response.end(JSON.stringify(fieldScope()?.current().fields))
  })
  const answer = await ask(server.port, get('/', 'User-Agent: test/1'))
  expect(answer).not.toContain('test/1')
  const told = recording.records.filter(({ component }) => component === 'audit')
  expect(told.map(({ fields }) => [fields['user.id'], fields['user_agent.original']])).toEqual([
    ['u1', 'test/1'],
    ['u2', 'bound'],
    ['u3', 'given'],
  ])
})
