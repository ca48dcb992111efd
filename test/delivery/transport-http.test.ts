import { readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OtlpTransport } from '../../src/delivery/otlp-transport.ts'
import type { EndpointSettings } from '../../src/delivery/transport.ts'
import { endpointTo } from '../support/endpoint.ts'
import { largeLogsRequest, logsRequest } from '../support/logs-request.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { until } from '../support/until.ts'

let receiver: OtlpReceiver
let notes: string[]
let transport: OtlpTransport
const opened: { close(): void }[] = []

function open(different: Partial<EndpointSettings> = {}, url = `${receiver.url}/v1/logs`): OtlpTransport {
  const note = (code: string, message: string): void => void notes.push(`${code}: ${message}`)
  transport = new OtlpTransport({ endpoints: { logs: endpointTo(url, different) }, proxy: undefined }, note)
  opened.push(transport)
  return transport
}

/** A server of bytes, for what no HTTP library would do. */
async function listen(connected: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer((socket) => {
    opened.push({ close: () => socket.destroy() })
    socket.on('error', () => {})
    connected(socket)
  })
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeEach(async () => {
  receiver = await startReceiver()
  notes = []
})
afterEach(async () => {
  for (const { close } of opened.splice(0).map((one) => ({ close: () => one.close() }))) close()
  await receiver.close()
})

const DELIVERED = { kind: 'delivered', rejected: 0, message: '' }
const bodies = (): unknown[] => receiver.logs.map((entry) => entry.body)

describe('what goes over the wire', () => {
  test.each([
    ['http/protobuf', 'application/x-protobuf', 'gzip'],
    ['http/protobuf', 'application/x-protobuf', 'zstd'],
    ['http/protobuf', 'application/x-protobuf', 'none'],
    ['http/json', 'application/json', 'gzip'],
    ['http/json', 'application/json', 'zstd'],
    ['http/json', 'application/json', 'none'],
  ] as const)('is %s, said to be %s, with %s', async (protocol, type, compression) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    let headers: Record<string, unknown> = {}
    receiver.answer = (request) => ({ status: (headers = request.headers) && 200 })
    open({ protocol, compression, headers: { 'x-tenant': 'a b', 'user-agent': 'mine' } })
    expect(await transport.send('logs', largeLogsRequest())).toEqual(DELIVERED)
    expect(bodies()).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(headers).toMatchObject({
      'content-type': type,
      'user-agent': `clew/${version} OTel-OTLP-Exporter-JavaScript/${version}`,
      'x-tenant': 'a b',
    })
    expect(headers['content-encoding']).toBe(compression === 'none' ? undefined : compression)
  })

  test('is not compressed where that gains nothing', async () => {
    let encoding: unknown = 'none seen'
    receiver.answer = (request) => ({
      status: (encoding = request.headers['content-encoding']) === undefined ? 200 : 400,
    })
    open()
    expect(await transport.send('logs', logsRequest('small'))).toEqual(DELIVERED)
    expect(encoding).toBeUndefined()
  })

  test('is nothing for a signal without an endpoint', async () => {
    open()
    expect(await transport.send('traces', logsRequest(1))).toMatchObject({ kind: 'refused', splittable: false })
    expect(receiver.requests).toBe(0)
  })
})

describe('a receiver that does not take the coding', () => {
  const refusing = (status: number, ...codings: string[]): void => {
    receiver.answer = (request) => ({
      status: codings.includes(request.headers['content-encoding'] ?? 'none') ? status : 200,
    })
  }

  test.each([
    [415, ['zstd'], 'gzip', 2],
    [415, ['zstd', 'gzip'], 'none', 3],
    [400, ['zstd'], 'gzip', 2],
  ])('with %i to %j gets %s from then on, and one note is given', async (status, refused, taken, requests) => {
    refusing(status, ...refused)
    open({ compression: 'zstd' })
    expect(await transport.send('logs', largeLogsRequest())).toEqual(DELIVERED)
    expect(receiver.requests).toBe(requests)
    expect(await transport.send('logs', largeLogsRequest())).toEqual(DELIVERED)
    expect(receiver.requests).toBe(requests + 1)
    expect(bodies()).toHaveLength(200)
    expect(notes).toEqual([`compression: ${receiver.url}/v1/logs does not take zstd: ${taken} is used from now on`])
  })

  test('nor any other way of writing it keeps the data, and is told of the protocol', async () => {
    refusing(415, 'gzip', 'none')
    open({ protocol: 'http/json' })
    expect(await transport.send('logs', largeLogsRequest())).toMatchObject({ kind: 'later' })
    expect(notes).toEqual([
      `misconfigured: HTTP 415 at ${receiver.url}/v1/logs: the receiver does not take http/json: set another otlp.protocol; logs wait and are tried again`,
    ])
    refusing(415)
    await transport.send('logs', largeLogsRequest())
    expect(receiver.requests).toBe(3)
  })

  test('is not suspected when gzip fares no better', async () => {
    refusing(400, 'zstd', 'gzip')
    open({ compression: 'zstd' })
    expect(await transport.send('logs', largeLogsRequest())).toMatchObject({ kind: 'refused', splittable: true })
    expect([receiver.requests, notes]).toEqual([2, []])
  })
})

describe('what an answer means', () => {
  test.each([400, 413, 422])('%i is about the data: refused, and a part of it may pass', async (status) => {
    receiver.answer = () => ({ status })
    const message = `HTTP ${status} at ${receiver.url}/v1/logs`
    expect(await open().send('logs', logsRequest(1))).toEqual({ kind: 'refused', splittable: true, message })
  })

  test.each([408, 429, 500, 502, 503, 504, 507])('%i is for now: later, after what it asks for', async (status) => {
    receiver.answer = () => ({ status, headers: { 'retry-after': '7' } })
    const message = `HTTP ${status} at ${receiver.url}/v1/logs`
    expect(await open().send('logs', logsRequest(1))).toEqual({ kind: 'later', retryAfterMillis: 7_000, message })
    receiver.answer = () => ({ status, headers: { 'retry-after': '0' } })
    expect(await open().send('logs', logsRequest(1))).toEqual({ kind: 'later', retryAfterMillis: undefined, message })
    expect(notes).toEqual([])
  })

  test.each([401, 402, 403, 404, 405, 407, 410, 415, 426, 431, 501, 505])(
    '%i is about the set-up: the data stays, a note says what to do, once until it works',
    async (status) => {
      open()
      receiver.answer = () => ({ status })
      expect(await transport.send('logs', logsRequest(1))).toMatchObject({ kind: 'later', retryAfterMillis: 30_000 })
      await transport.send('logs', logsRequest(1))
      expect(notes).toEqual([expect.stringMatching(new RegExp(`^misconfigured: HTTP ${status} at http.*; logs wait`))])
      receiver.answer = () => ({ status: 200 })
      await transport.send('logs', logsRequest(1))
      receiver.answer = () => ({ status })
      await transport.send('logs', logsRequest(1))
      expect(notes).toHaveLength(2)
    },
  )

  test.each([301, 302, 307, 308])(
    '%i is not followed, and the note says where it leads, without its query',
    async (status) => {
      receiver.answer = () => ({ status, headers: { location: `${receiver.url}/else?token=hunter2` } })
      expect(await open().send('logs', logsRequest(1))).toMatchObject({ kind: 'later' })
      expect(receiver.requests).toBe(1)
      expect(notes).toEqual([
        `misconfigured: HTTP ${status} at ${receiver.url}/v1/logs: redirects are not followed: set the endpoint to where it leads (${receiver.url}/else); logs wait and are tried again`,
      ])
    },
  )

  test('a web page is no delivery, whatever its status', async () => {
    receiver.answer = () => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' })
    expect(await open().send('logs', logsRequest(1))).toMatchObject({
      kind: 'later',
      message: expect.stringMatching(/HTTP 200/),
    })
  })

  const rejected = Buffer.from([0x0a, 0x08, 0x08, 0x03, 0x12, 0x04, ...Buffer.from('gone')])
  test.each([
    ['protobuf', 'application/x-protobuf', rejected, 3, 'gone'],
    ['protobuf that is cut off', 'application/x-protobuf', rejected.subarray(0, 6), 3, ''],
    ['JSON', 'application/json', '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"go\\nne"}}', 3, 'go ne'],
    ['JSON of nonsense', 'application/json', '{"partialSuccess":{"rejectedLogRecords":"many"}}', 0, ''],
    ['JSON that is none', 'application/json', 'null', 0, ''],
  ])('a partial success is read from %s', async (_, type, body, count, message) => {
    receiver.answer = () => ({ status: 200, headers: { 'content-type': type }, body })
    expect(await open().send('logs', logsRequest(1))).toEqual({ kind: 'delivered', rejected: count, message })
  })

  test('the reason of a refusal is passed on, without the headers that were sent', async () => {
    const status = Buffer.concat([Buffer.from([0x08, 3, 0x12, 30]), Buffer.from('bad key hunter2-key: id is bad')])
    receiver.answer = () => ({ status: 400, headers: { 'content-type': 'application/x-protobuf' }, body: status })
    open({ headers: { authorization: 'Bearer hunter2-key' } })
    expect(await transport.send('logs', logsRequest(1))).toMatchObject({
      message: `HTTP 400 at ${receiver.url}/v1/logs: bad key [REDACTED]: id is bad`,
    })
  })
})

describe('a connection', () => {
  test('is kept for the next request', async () => {
    let connections = 0
    const server = createHttpServer((_, response) => response.end()).on('connection', () => connections++)
    opened.push(server, { close: () => server.closeAllConnections() })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open({}, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    for (let n = 0; n < 3; n++) expect(await transport.send('logs', logsRequest(n))).toEqual(DELIVERED)
    expect(connections).toBe(1)
  })

  /** Answers the first request of each connection up to `answered`, and breaks the connection at any other request. */
  async function breaking(answered: number): Promise<{ url: string; connections(): number }> {
    let connections = 0
    const url = await listen((socket) => {
      const takes = ++connections <= answered
      let requests = 0
      socket.on('data', () => {
        if (++requests === 1 && takes) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
        else socket.resetAndDestroy()
      })
    })
    return { url, connections: () => connections }
  }

  test('that the server closed meanwhile is no failure: the request goes out at once on a new one', async () => {
    const server = await breaking(2)
    open({}, server.url)
    expect(await transport.send('logs', logsRequest(1))).toEqual(DELIVERED)
    expect(await transport.send('logs', logsRequest(2))).toEqual(DELIVERED)
    expect(server.connections()).toBe(2)
  })

  test('that breaks again is one: the request is tried once more, not for ever', async () => {
    const server = await breaking(1)
    open({}, server.url)
    expect(await transport.send('logs', logsRequest(1))).toEqual(DELIVERED)
    expect(await transport.send('logs', logsRequest(2))).toMatchObject({
      kind: 'later',
      message: expect.stringMatching(/^ECONNRESET at/),
    })
    expect(server.connections()).toBe(2)
  })

  test('that nobody takes, or a name that nobody knows, is for later', async () => {
    await receiver.close()
    expect(await open().send('logs', logsRequest(1))).toMatchObject({
      kind: 'later',
      message: expect.stringMatching(/^ECONNREFUSED at/),
    })
    open({ timeoutMillis: 5_000 }, 'http://clew-test.invalid/')
    expect(await transport.send('logs', logsRequest(1))).toMatchObject({
      kind: 'later',
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    })
    receiver = await startReceiver()
  })

  test('to what speaks no HTTP is told of', async () => {
    const url = await listen((socket) => socket.end('\0\0\x06\x04\0\0\0\0\0\0\x05\0\0@\0'))
    expect(await open({}, url).send('logs', logsRequest(1))).toMatchObject({
      kind: 'later',
      cure: expect.stringMatching(/otlp.protocol to grpc/),
    })
  })
})

describe('an answer', () => {
  test.each([
    ['never comes', ''],
    ['drips', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n'],
  ])('that %s is given up on after the timeout', async (_, head) => {
    const url = await listen((socket) => {
      socket.write(head)
      const drip = setInterval(() => (head === '' ? undefined : socket.write('.')), 20)
      socket.on('close', () => clearInterval(drip))
    })
    const begun = performance.now()
    const result = await open({ timeoutMillis: 300 }, url).send('logs', logsRequest(1))
    expect(result).toEqual({
      kind: 'later',
      retryAfterMillis: undefined,
      message: `no answer within 300 ms at ${url}/`,
    })
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  test('without a limit is waited for', async () => {
    const url = await listen((socket) =>
      socket.once('data', () => setTimeout(() => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), 200)),
    )
    expect(await open({ timeoutMillis: 0 }, url).send('logs', logsRequest(1))).toEqual(DELIVERED)
  })

  test('that has no end is cut, and counts by its status', async () => {
    let written = 0
    let closed = false
    const url = await listen((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024))) written++
        written++
      }
      socket.on('close', () => (closed = true))
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\r\n')
        socket.on('drain', pour)
        pour()
      })
    })
    expect(await open({ timeoutMillis: 20_000 }, url).send('logs', logsRequest(1))).toEqual(DELIVERED)
    await until('the connection is cut', () => closed)
    expect(written).toBeLessThan(256)
  })

  test('of a refusal that is cut off is one all the same', async () => {
    const url = await listen((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 1000\r\n\r\ntoo lar', () =>
          socket.destroySoon(),
        )
      }),
    )
    expect(await open({}, url).send('logs', logsRequest(1))).toMatchObject({ kind: 'refused', splittable: true })
  })

  test('that comes before the request is read, with the connection closed behind it, counts', async () => {
    const server = createHttpServer((request, response) => {
      response.writeHead(413, { connection: 'close' }).end('too large')
      response.on('finish', () => request.socket.destroySoon())
    })
    opened.push(server, { close: () => server.closeAllConnections() })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open({ compression: 'none' }, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const large = logsRequest('x'.repeat(32_000), ...Array.from({ length: 400 }, () => 'y'.repeat(30_000)))
    expect(await transport.send('logs', large)).toMatchObject({ kind: 'refused', splittable: true })
  })
})
