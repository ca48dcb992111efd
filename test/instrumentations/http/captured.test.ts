import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindContext } from '../../../src/context/index.ts'
import { capturedHeaders, captureHeaders } from '../../../instrumentations/http/captured-headers.ts'
import type { HttpOptions } from '../../../instrumentations/http/index.ts'
import { Recording } from './support/recording.ts'
import { ask, call, get, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let server: TestServer

const CAPTURE: HttpOptions = {
  captureHeaders: {
    request: ['X-Tenant', 'Authorization', 'Cookie', 'X-Api-Key', 'X-Missing'],
    response: ['Content-Type', 'Set-Cookie', 'X-List'],
    clientRequest: ['X-Tenant', 'Authorization'],
    clientResponse: ['Content-Type', 'Set-Cookie', 'X-List'],
  },
}

beforeEach(async () => {
  recording = new Recording(CAPTURE)
  server = await startServer((_request, response) => {
    response.setHeader('Set-Cookie', ['a=s3cret', 'b=s3cret'])
    response.writeHead(200, { 'Content-Type': 'text/plain', 'X-List': ['1', '2'] })
    response.end('hello')
  })
})

afterEach(async () => {
  await server.stop()
  recording.stop()
})

const ASKED = {
  'http.request.header.x-tenant': ['acme'],
  'http.request.header.authorization': '[REDACTED]',
  'http.request.header.cookie': '[REDACTED]',
  'http.request.header.x-api-key': '[REDACTED]',
}
const ANSWERED = {
  'http.response.header.content-type': ['text/plain'],
  'http.response.header.set-cookie': '[REDACTED]',
  'http.response.header.x-list': ['1', '2'],
}
const headersOf = (attributes: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => /^http\.(request|response)\.header\./.test(key)))

test('the headers that were asked for are on span and record, secrets never', async () => {
  const headers = ['X-TENANT: acme', 'Authorization: Bearer s3cret', 'Cookie: a=s3cret', 'X-Api-Key: s3cret', 'X-Other: 1'] // prettier-ignore
  await ask(server.port, get('/', ...headers))
  const span = await recording.span('SERVER')
  expect(headersOf(span.attributes)).toEqual({ ...ASKED, ...ANSWERED })
  const { fields } = await recording.record('request completed')
  expect(headersOf(fields)).toEqual({ ...ASKED, ...ANSWERED })
})

const viaFetch = async (headers: Record<string, string>): Promise<unknown> =>
  (await fetch(server.url, { headers })).text()
const CLIENTS: [string, (headers: Record<string, string>) => Promise<unknown>][] = [
  ['node:http', (headers) => call(server.url, { headers })],
  ['node:http with a list of headers', (headers) => call(server.url, { headers: Object.entries(headers).flat() as never })], // prettier-ignore
  ['fetch', viaFetch],
]

test('the headers of an answer whose head was written at once, too', async () => {
  await server.stop()
  server = await startServer((_request, response) =>
    response
      .writeHead(200, ['Content-Type', 'text/html', 'X-List', '1', 'Set-Cookie', 'a=s3cret', 'x-list', '2'])
      .end(),
  )
  await ask(server.port, get('/'))
  expect(headersOf((await recording.span('SERVER')).attributes)).toEqual({
    ...ANSWERED,
    'http.response.header.content-type': ['text/html'],
  })
})

test.each(CLIENTS)('those of a call by %s, too', async (_name, client) => {
  await client({ Host: 'a', 'X-Tenant': 'acme', Authorization: 'Bearer s3cret' })
  const { 'http.request.header.cookie': _, 'http.request.header.x-api-key': __, ...asked } = ASKED
  const span = await recording.span('CLIENT')
  const { 'http.response.header.x-list': list, ...found } = headersOf(span.attributes)
  const { 'http.response.header.x-list': _list, ...answered } = ANSWERED
  expect([found, String(list).replace(', ', ',')]).toEqual([{ ...asked, ...answered }, '1,2'])
  expect(headersOf((await recording.record('external API call')).fields)).toMatchObject(asked)
})

test('who, from where, with what, how much: one record tells it all', async () => {
  await server.stop()
  server = await startServer((request, response) => {
    request.resume().on('end', () => {
      bindContext({ 'user.id': 'u-7' })
      response.writeHead(201, { 'Content-Length': '2' }).end('ok')
    })
  })
  const options = { method: 'POST', headers: { 'user-agent': 'shop/1', 'content-length': '5', 'x-request-id': 'r-1' } }
  await call(`${server.url}/orders`, options, 'items')
  expect(await recording.record('request completed')).toMatchObject({
    level: 'INFO',
    event: 'API_REQUEST',
    fields: {
      'clew.request.id': 'r-1',
      'http.request.method': 'POST',
      'url.path': '/orders',
      'http.response.status_code': 201,
      'clew.duration_ms': expect.any(Number) as number,
      'client.address': '127.0.0.1',
      'user.id': 'u-7',
      'user_agent.original': 'shop/1',
      'http.request.body.size': 5,
      'http.response.body.size': 2,
    },
  })
})

test.each<[string, (response: import('node:http').ServerResponse) => void, number | undefined]>([
  ['one text', (response) => void response.end('grüße'), 7],
  ['nothing', (response) => void response.end(), 0],
  ['pieces', (response) => void (response.write('a'), response.end('b')), undefined],
  ['no body by its status', (response) => void response.writeHead(204).end(), undefined],
])('the size of an answer of %s', async (_case, answer, size) => {
  await server.stop()
  server = await startServer((_request, response) => answer(response))
  await ask(server.port, get('/'))
  expect((await recording.record('request completed')).fields['http.response.body.size']).toBe(size)
})

test('credentials and cookies stay hidden whatever the rules of privacy are', () => {
  const captured = capturedHeaders('response', ['Set-Cookie', 'X-Kind']) ?? []
  expect(captureHeaders(captured, (name) => `${name} s3cret`)).toEqual({
    'http.response.header.set-cookie': ['[REDACTED]'],
    'http.response.header.x-kind': ['x-kind s3cret'],
  })
})
