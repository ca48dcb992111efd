import { once } from 'node:events'
import {
  connect,
  createSecureServer,
  createServer,
  type ClientHttp2Session,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2'
import type { IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { fieldScope } from '../../../src/context/index.ts'
import { makeCertificates } from '../../support/certificates.ts'
import { Recording } from './support/recording.ts'

let recording: Recording | undefined
let server: Http2Server | Http2SecureServer
let client: ClientHttp2Session | undefined

afterEach(async () => {
  client?.close()
  server.close()
  await once(server, 'close')
  recording?.stop()
  recording = client = undefined
})

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

async function start(handler: Handler): Promise<ClientHttp2Session> {
  server = createServer(handler)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return client
}

async function askFor(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<{ headers: Record<string, unknown>; text: string }> {
  const stream = session.request(headers)
  stream.end(body)
  const [answer] = (await once(stream, 'response')) as [Record<string, unknown>]
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return { headers: answer, text }
}

const requestId = (): unknown => fieldScope()?.current().fields['clew.request.id']

test('a request by HTTP/2 is a span and a record, and all of it is in its context', async () => {
  recording = new Recording()
  const seen: unknown[] = []
  const session = await start((request, response) => {
    request.on('data', () => seen.push(requestId()))
    request.on('end', () => {
      seen.push(requestId())
      response.writeHead(503, { 'content-type': 'text/plain' })
      response.end('hello')
    })
  })
  const ids = { 'x-request-id': 'r-1', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
  const answer = await askFor(session, { ':path': '/orders?page=1', ':method': 'POST', ...ids }, 'body')
  expect([answer.text, answer.headers['x-request-id']]).toEqual(['hello', 'r-1'])
  expect(await recording.span('SERVER')).toMatchObject({
    name: 'POST',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    parent_span_id: '00f067aa0ba902b7',
    status: 'ERROR',
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 503,
      'url.path': '/orders',
      'url.query': 'page=1',
      'url.scheme': 'http',
      'network.protocol.version': '2',
      'server.address': '127.0.0.1',
      'server.port': (server.address() as AddressInfo).port,
      'client.address': '127.0.0.1',
    },
  })
  expect(await recording.record('request completed')).toMatchObject({
    level: 'ERROR',
    fields: { 'clew.request.id': 'r-1', 'http.response.status_code': 503 },
  })
  expect(seen).toEqual(['r-1', 'r-1'])
})

test('requests at once on one connection never see each other', async () => {
  recording = new Recording()
  const session = await start((request, response) => {
    request.resume()
    setImmediate(() => response.end(`${String(request.headers['x-request-id'])} ${String(requestId())}`))
  })
  const ids = Array.from({ length: 20 }, (_, i) => `r-${i}`)
  const answers = await Promise.all(ids.map((id) => askFor(session, { ':path': '/', 'x-request-id': id })))
  expect(answers.map(({ text }) => text)).toEqual(ids.map((id) => `${id} ${id}`))
  expect(await recording.spansOf('SERVER', 20)).toHaveLength(20)
})

test('a request by HTTP/2 whose client takes it back is aborted', async () => {
  recording = new Recording()
  const session = await start(() => stream.close(8))
  const stream = session.request({ ':path': '/' })
  stream.on('error', () => {})
  expect(await recording.record('request aborted')).toMatchObject({
    level: 'WARNING',
    fields: { 'error.type': 'aborted' },
  })
})

test('a request whose answer is out before it has its id is still handled in its context', async () => {
  const own = (recording = new Recording())
  const seen: unknown[] = []
  server = createServer()
  server.on('stream', (stream) => (stream as ServerHttp2Stream).respond({ ':status': 204 }))
  server.on('request', (_request, response) => {
    seen.push(requestId())
    response.stream.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await askFor(client, { ':path': '/', 'x-request-id': 'r-1' })
  expect(seen).toEqual(['r-1'])
  expect(own.failures.splice(0)).toMatchObject([{ code: 'ERR_HTTP2_HEADERS_SENT' }])
})

test('a server by TLS for both versions tells of each', async () => {
  recording = new Recording()
  const { authority, server: own } = await makeCertificates()
  const ca = authority.cert
  server = createSecureServer({ cert: own.cert, key: own.private, allowHTTP1: true }, (request, response) =>
    response.end(request.httpVersion),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  client = connect(`https://127.0.0.1:${port}`, { ca })
  expect((await askFor(client, { ':path': '/two' })).text).toBe('2.0')
  const old = secureRequest({ port, host: '127.0.0.1', path: '/one', ca, agent: false })
  const [response] = (await once(old.end(), 'response')) as [IncomingMessage]
  expect(String(await response.toArray())).toBe('1.1')
  const spans = await recording.spansOf('SERVER', 2)
  const seen = spans.map(({ attributes }) => [attributes['url.path'], attributes['url.scheme'], attributes['network.protocol.version']]) // prettier-ignore
  expect(seen.sort()).toEqual([
    ['/one', 'https', '1.1'],
    ['/two', 'https', '2'],
  ])
})
