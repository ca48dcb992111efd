import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contextWithFields, ROOT_NODE, runInContext } from '../../../src/context/index.ts'
import type { HttpOptions } from '../../../instrumentations/http/index.ts'
import { isOwnHost } from '../../../src/network/index.ts'
import { Recording } from './support/recording.ts'
import { call, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let inner: TestServer

beforeEach(async () => {
  inner = await startServer((request, response) => response.end(JSON.stringify(request.headers)))
})
afterEach(async () => {
  await inner.stop()
  recording.stop()
})

/** Has the name of any host lead to our server. */
const lookup = ((_host: string, _options: object, done: (error: null, addresses: { address: string; family: number }[]) => void) =>
  done(null, [{ address: '127.0.0.1', family: 4 }])) as never // prettier-ignore

async function idSentTo(host: string, options: HttpOptions): Promise<unknown> {
  recording = new Recording(options)
  const within = contextWithFields(ROOT_NODE, { 'clew.request.id': 'r-1' }, 'request')
  const { body } = await runInContext(within, call, `http://${host}:${inner.port}/`, { lookup })
  await recording.span('CLIENT')
  const headers = JSON.parse(body) as Record<string, unknown>
  expect(headers).toHaveProperty('traceparent')
  return headers[options.requestIdHeader?.toLowerCase() ?? 'x-request-id']
}

test.each<[HttpOptions['propagateRequestId'], string, boolean]>([
  [undefined, '127.0.0.1', true],
  [undefined, 'orders', true],
  [undefined, 'orders.default.svc.cluster.local', true],
  [undefined, 'api.stripe.com', false],
  [true, 'api.stripe.com', true],
  [false, '127.0.0.1', false],
  [[], 'orders', false],
  [['own', '*.shop.example'], 'API.Shop.Example', true],
  [['*.shop.example'], 'shop.example', false],
  [['*.shop.example'], 'orders', false],
])("with propagateRequestId %j, a call of %s tells the request's id: %s", async (propagateRequestId, host, told) => {
  const options = propagateRequestId === undefined ? {} : { propagateRequestId }
  expect(await idSentTo(host, options)).toBe(told ? 'r-1' : undefined)
})

test("the id goes on under the header's own name", async () => {
  expect(await idSentTo('orders', { requestIdHeader: 'X-Correlation-ID' })).toBe('r-1')
})

describe('hosts of the own network', () => {
  test.each(['localhost', '10.1.2.3', '::1', 'fd00::1', '192.168.0.1', '169.254.1.1', 'db', 'a.internal', 'x.y.local', 'app.test'])('%s is one', (host) => {
    recording = new Recording()
    expect(isOwnHost(host)).toBe(true)
  }) // prettier-ignore
  test.each(['example.com', '8.8.8.8', '2001:db8::1', 'local.example.com', '172.32.0.1', 'notlocal.example'])('%s is none', (host) => {
    recording = new Recording()
    expect(isOwnHost(host)).toBe(false)
  }) // prettier-ignore
})

test('a service is called by its name where it has one, by its host elsewhere', async () => {
  recording = new Recording({ serviceNames: { 'api.stripe.com': 'payments', '*.mail.example': 'mail' } })
  for (const host of ['api.stripe.com', 'eu.mail.example', 'orders'])
    await call(`http://${host}:${inner.port}/v1`, { lookup })
  const spans = await recording.spansOf('CLIENT', 3)
  expect(spans.map(({ attributes }) => attributes['service.peer.name'])).toEqual(['payments', 'mail', undefined])
  const calls = recording.records.filter(({ event }) => event === 'EXTERNAL_API_CALL')
  expect(calls.map(({ fields }) => [fields['service.peer.name'], fields['clew.endpoint']])).toEqual([
    ['payments', '/v1'],
    ['mail', '/v1'],
    ['orders', '/v1'],
  ])
})

test('credentials in a URL are nowhere', async () => {
  recording = new Recording()
  await call(`http://ann:hunter2@127.0.0.1:${inner.port}/v1?token=hunter2&page=2`)
  const span = await recording.span('CLIENT')
  expect(span.attributes['url.full']).toBe(`http://127.0.0.1:${inner.port}/v1?token=[REDACTED]&page=2`)
  expect(JSON.stringify([recording.records, recording.spans])).not.toMatch(/hunter2|ann:/)
})
