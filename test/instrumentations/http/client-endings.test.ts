import { once } from 'node:events'
import { Agent, get as httpGet, request, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer, get as secureGet } from 'node:https'
import { createServer as createRawServer, type AddressInfo, type Server as RawServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeCertificates } from '../../support/certificates.ts'
import { until } from '../../support/until.ts'
import { Recording } from './support/recording.ts'
import { call, startServer, type TestServer } from './support/server.ts'

let recording: Recording
let inner: TestServer

beforeEach(async () => {
  recording = new Recording()
  inner = await startServer((incoming, response) => {
    const path = incoming.url ?? ''
    if (path.startsWith('/redirect')) response.writeHead(Number(path.slice(-3)), { location: '/landing' }).end()
    else if (path === '/broken') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('part')
      setTimeout(() => response.destroy(), 5)
    } else if (path === '/large') response.end(Buffer.alloc(4_000_000))
    else if (path !== '/silent') incoming.resume().on('end', () => response.end(incoming.method))
  })
})

afterEach(async () => {
  await inner.stop()
  recording.stop()
})

const failedType = async (): Promise<unknown> => {
  const { level, fields } = await recording.record('external API call failed')
  return [level, fields['error.type']]
}

describe('each hop of a redirected fetch is a call of its own', () => {
  test.each([
    [302, 'GET'],
    [307, 'POST'],
  ])('%d ends in a %s', async (status, method) => {
    expect(await (await fetch(`${inner.url}/redirect${status}`, { method: 'POST', body: 'x' })).text()).toBe(method)
    const spans = await recording.spansOf('CLIENT', 2)
    expect(spans.map(({ name, attributes }) => [name, attributes['url.path'], attributes['http.response.status_code']])).toEqual([
      ['POST', `/redirect${status}`, status],
      [method, '/landing', 200],
    ]) // prettier-ignore
    expect(recording.spans.filter(({ kind }) => kind === 'CLIENT')).toHaveLength(2)
  })
})

test.each([
  ['fetch', (signal: AbortSignal) => fetch(`${inner.url}/silent`, { signal })],
  ['node:http', (signal: AbortSignal) => call(`${inner.url}/silent`, { signal })],
])(
  'a call by %s that takes longer than its time-out, and one that is aborted, are told by the same names',
  async (name, client) => {
    await expect(client(AbortSignal.timeout(20))).rejects.toThrow()
    const first = await recording.record('external API call failed')
    // node:http hides the reason of a signal behind its own error.
    expect(first.fields['error.type']).toBe(name === 'fetch' ? 'TimeoutError' : 'AbortError')
    const aborting = new AbortController()
    const asked = client(aborting.signal)
    setTimeout(() => aborting.abort(), 5)
    await expect(asked).rejects.toThrow()
    const spans = await recording.spansOf('CLIENT', 2)
    expect(spans[1]?.attributes['error.type']).toBe('AbortError')
  },
)

test.each(['a word', new Error('enough'), null, undefined])(
  'a fetch that is aborted because of %s has a type',
  async (reason) => {
    const aborting = new AbortController()
    const asked = fetch(`${inner.url}/silent`, { signal: aborting.signal })
    setTimeout(() => aborting.abort(reason), 5)
    await asked.catch(() => {})
    const [, type] = (await failedType()) as [string, string]
    expect(type).toMatch(/^(Error|AbortError)$/)
  },
)

test.each([
  ['fetch', (url: string) => fetch(url)],
  ['node:http', (url: string) => call(url)],
])('a host that is not there, by %s, is told by its code', async (_name, client) => {
  await expect(client('http://no-such-host.invalid/')).rejects.toThrow()
  expect(await failedType()).toEqual(['ERROR', expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)])
})

describe('with TLS', () => {
  let secure: ReturnType<typeof createSecureServer>
  let url: string

  beforeEach(async () => {
    const { server } = await makeCertificates()
    secure = createSecureServer({ cert: server.cert, key: server.private }, (_request, response) => response.end())
    await once(secure.listen(0, '127.0.0.1'), 'listening')
    url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    secure.close()
    await once(secure, 'close')
  })

  test.each([
    ['fetch', async () => fetch(url)],
    ['node:https', async () => once(secureGet(url), 'response')],
  ])('a certificate that nobody trusts, by %s, is told by its code', async (_name, client) => {
    await expect(client()).rejects.toThrow()
    expect(await failedType()).toEqual(['ERROR', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])
  })
})

describe('a server that speaks something else', () => {
  let raw: RawServer
  let url: string

  beforeEach(async () => {
    raw = createRawServer((socket) => socket.on('error', () => {}).end('SSH-2.0\r\n'))
    await once(raw.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`
  })
  afterEach(() => raw.close())

  test.each([
    ['fetch', () => fetch(url)],
    ['node:http', () => call(url)],
  ])('is told by the code of the parser, by %s', async (_name, client) => {
    await expect(client()).rejects.toThrow()
    expect(await failedType()).toEqual(['ERROR', expect.stringMatching(/^(HPE_INVALID_CONSTANT|HTTPParserError)$/)])
  })
})

test.each([
  ['fetch', async () => (await fetch(`${inner.url}/broken`)).text()],
  ['node:http', () => call(`${inner.url}/broken`)],
])('an answer to %s whose body breaks off is told with its status and why', async (_name, client) => {
  await expect(client()).rejects.toThrow()
  expect(await recording.record('external API call broken off')).toMatchObject({
    level: 'WARNING',
    fields: { 'http.response.status_code': 200, 'error.type': expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/) as string },
  }) // prettier-ignore
})

test('calls one after another over a pool are each told when their own answer is read', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers = await Promise.all([1, 2, 3].map((i) => call(`${inner.url}/${i}`, { agent })))
  agent.destroy()
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  const spans = await recording.spansOf('CLIENT', 3)
  expect(spans.map(({ attributes }) => attributes['url.path'])).toEqual(['/1', '/2', '/3'])
})

test('a call whose answer nobody reads, and one that never gets an answer, are told after five minutes as they stand, once', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  try {
    const agent = new Agent()
    const unread = httpGet(`${inner.url}/large`, { agent }).on('error', () => {})
    const [response] = (await once(unread, 'response')) as [IncomingMessage]
    const silent = request(`${inner.url}/silent`, { agent })
      .on('error', () => {})
      .end()
    vi.advanceTimersByTime(299_000)
    expect(recording.spans.filter(({ kind }) => kind === 'CLIENT')).toEqual([])
    vi.advanceTimersByTime(40_000)
    const told = recording.records.filter(({ message }) => message === 'external API call still open')
    expect(told.map(({ level, fields }) => [level, fields['url.path'], fields['clew.http.unfinished']])).toEqual([
      ['INFO', '/large', true],
      ['WARNING', '/silent', true],
    ])
    response.resume()
    await once(response, 'close')
    silent.destroy()
    await new Promise((resolve) => silent.on('close', resolve))
    agent.destroy()
    const spans = recording.spans.filter(({ kind }) => kind === 'CLIENT')
    expect(spans.map(({ attributes, status }) => [attributes['clew.http.unfinished'], status])).toEqual([
      [true, 'UNSET'],
      [true, 'UNSET'],
    ])
  } finally {
    vi.useRealTimers()
  }
})

test('a fetch whose body nobody reads ends when that is small', async () => {
  const response = await fetch(`${inner.url}/small`)
  expect(response.status).toBe(200)
  await recording.record('external API call')
  expect(recording.spans.filter(({ kind }) => kind === 'CLIENT')).toHaveLength(1)
})

test.each([
  ['an answer', '/small'],
  ['a large answer', '/large'],
])('a caller of node:http that does not want %s leaves it to Node', async (_case, path) => {
  request(`${inner.url}${path}`, { agent: false }).end()
  await until('the call', () => recording.records.some(({ message }) => message.startsWith('external API call')))
  expect((await recording.record('external API call')).fields['url.path']).toBe(path)
})
