import { once } from 'node:events'
import { request } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runInContext } from '../../../src/context/index.ts'
import { SUPPRESSED } from '../../../src/context/index.ts'
import { Recording, SPAN_REST } from './support/recording.ts'
import { ask, call, get, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let inner: TestServer

beforeEach(async () => {
  recording = new Recording()
  inner = await startServer((incoming, response) => {
    response.statusCode = Number(incoming.headers['x-answer'] ?? 200)
    response.end(JSON.stringify(incoming.headers))
  })
})

afterEach(async () => {
  await inner.stop()
  recording.stop()
})

type Client = (url: string, headers?: Record<string, string>) => Promise<unknown>
const viaHttp: Client = async (url, headers = {}) => JSON.parse((await call(url, { headers })).body) as unknown
const viaFetch: Client = async (url, headers = {}) => (await fetch(url, { headers })).json()
const CLIENTS: [string, Client][] = [
  ['node:http', viaHttp],
  ['fetch', viaFetch],
]

test.each(CLIENTS)(
  'a call by %s within a request is one trace and one request id, and nothing is told twice',
  async (_name, client) => {
    const outer = await startServer(
      (_request, response) => void client(`${inner.url}/stock`).then(() => response.end()),
    )
    await ask(outer.port, get('/order', 'X-Request-ID: r-1'))
    const servers = await recording.spansOf('SERVER', 2)
    const [clientSpan, ...more] = await recording.spansOf('CLIENT', 1)
    const outerSpan = servers.find((span) => span.attributes['url.path'] === '/order')
    const innerSpan = servers.find((span) => span.attributes['url.path'] === '/stock')
    expect(more).toEqual([])
    expect(recording.spans).toHaveLength(3)
    expect([clientSpan?.parent_span_id, innerSpan?.parent_span_id]).toEqual([outerSpan?.span_id, clientSpan?.span_id])
    expect(new Set(recording.spans.map((span) => span.trace_id)).size).toBe(1)
    expect(innerSpan?.attributes['clew.request.id']).toBe('r-1')
    expect(recording.records.filter((record) => record.message === 'external API call')).toHaveLength(1)
    await outer.stop()
  },
)

test.each(CLIENTS)('a call by %s is a client span and a record, without secrets', async (_name, client) => {
  await client(`${inner.url}/stock?item=7&api_key=s3cret&sig=abc&sid=Zk3`)
  const callee = {
    'http.request.method': 'GET',
    'server.address': '127.0.0.1',
    'server.port': inner.port,
    'url.path': '/stock',
  }
  const span = await recording.span('CLIENT')
  expect(span).toEqual({
    ...SPAN_REST,
    name: 'GET',
    kind: 'CLIENT',
    trace_id: expect.any(String) as string,
    span_id: expect.any(String) as string,
    status: 'UNSET',
    attributes: {
      ...callee,
      'url.full': `${inner.url}/stock?item=7&api_key=[REDACTED]&sig=[REDACTED]&sid=[REDACTED]`,
      'url.scheme': 'http',
      'http.response.status_code': 200,
    },
  })
  expect(await recording.record('external API call')).toEqual({
    component: 'http',
    level: 'INFO',
    message: 'external API call',
    event: 'EXTERNAL_API_CALL',
    error: undefined,
    trace_id: span.trace_id,
    span_id: span.span_id,
    fields: {
      ...callee,
      'service.peer.name': '127.0.0.1',
      'clew.endpoint': '/stock',
      'http.response.status_code': 200,
      'clew.duration_ms': expect.any(Number) as number,
    },
  })
})

test.each(CLIENTS)('a refusal answered to %s is a WARNING and a failed span', async (_name, client) => {
  await client(inner.url, { 'x-answer': '503' })
  expect(await recording.record('external API call')).toMatchObject({
    level: 'WARNING',
    fields: { 'http.response.status_code': 503, 'error.type': '503' },
  })
  expect((await recording.span('CLIENT')).status).toBe('ERROR')
})

test.each(CLIENTS)(
  'a call by %s that can not connect is an ERROR with its cause, and the caller gets his error',
  async (_name, client) => {
    const gone = await startServer(() => {})
    await gone.stop()
    await expect(client(gone.url)).rejects.toThrow(/ECONNREFUSED|fetch failed/)
    const record = await recording.record('external API call failed')
    expect(record).toMatchObject({ level: 'ERROR', fields: { 'error.type': 'ECONNREFUSED' } })
    expect(record.error?.message).toContain('ECONNREFUSED')
    expect((await recording.span('CLIENT')).status).toBe('ERROR')
  },
)

test.each(CLIENTS)(
  'a call by %s is not told, and tells nothing, where tracing is suppressed',
  async (_name, client) => {
    const headers = await runInContext(SUPPRESSED, client, inner.url)
    expect(headers).not.toHaveProperty('traceparent')
    await recording.span('SERVER')
    expect(recording.spans.filter((span) => span.kind === 'CLIENT')).toEqual([])
  },
)

test.each(CLIENTS)(
  'headers that the application gives to %s: its request id stays, its traceparent makes way',
  async (_name, client) => {
    const stale = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const outer = await startServer((_request, response) => {
      void client(inner.url, { 'x-request-id': 'own', traceparent: stale }).then((headers) =>
        response.end(JSON.stringify(headers)),
      )
    })
    const answer = await ask(outer.port, get('/', 'X-Request-ID: r-1'))
    const span = await recording.span('CLIENT')
    expect(answer).toContain('"x-request-id":"own"')
    expect(answer).toContain(`"traceparent":"00-${span.trace_id}-${span.span_id}-01"`)
    await outer.stop()
  },
)

test.each([
  ['a list of headers', { headers: ['Host', 'a', 'traceparent', 'stale', 'X-Other', 'kept'] }],
  ['a wait for a go-ahead', { headers: { expect: '100-continue', 'x-other': 'kept' } }],
])('a request whose head is written at once, by %s, is part of the trace too', async (_name, options) => {
  const { body } = await call(inner.url, { ...options, headers: options.headers as Record<string, string> })
  const span = await recording.span('CLIENT')
  expect(JSON.parse(body)).toMatchObject({ traceparent: `00-${span.trace_id}-${span.span_id}-01`, 'x-other': 'kept' })
})

test('a caller that breaks a stream off leaves a WARNING, not a failure', async () => {
  const endless = await startServer((_request, response) => response.write('first part'))
  const outgoing = request(endless.url).end()
  const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream]
  await once(response, 'data')
  response.on('error', () => {})
  outgoing.destroy()
  expect(await recording.record('external API call broken off')).toMatchObject({
    level: 'WARNING',
    fields: { 'http.response.status_code': 200 },
  })
  await endless.stop()
})

test('a fetch that is aborted leaves a failure by its name', async () => {
  const silent = await startServer(() => aborting.abort())
  const aborting = new AbortController()
  await expect(fetch(silent.url, { signal: aborting.signal })).rejects.toThrow('aborted')
  expect(await recording.record('external API call failed')).toMatchObject({ fields: { 'error.type': 'AbortError' } })
  await silent.stop()
})

test('an error that nobody handles still is one', async () => {
  const gone = await startServer(() => {})
  await gone.stop()
  const outgoing = request(gone.url)
  expect(outgoing.listenerCount('error')).toBe(0)
  outgoing.on('error', () => {}).end()
  await recording.record('external API call failed')
})
