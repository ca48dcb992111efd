import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServerCredentials } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startServer } from '../../src/server/index.ts'
import { makeCertificates } from '../support/certificates.ts'
import { startGrpcReceiver } from '../support/grpc-receiver.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { diagnose, findingsOf, type Diagnosis } from './doctor-run.ts'

let folder: string
let ends: (() => unknown)[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-doctor-'))
  ends = [() => rm(folder, { recursive: true, force: true })]
})
afterEach(async () => {
  for (const end of ends.toReversed()) await end()
})

async function receiver(tls?: { key: string; cert: string }): Promise<OtlpReceiver> {
  const started = await startReceiver(0, tls)
  ends.push(() => started.close())
  return started
}

/** What was found of all signals, at an endpoint; what differs is the path. */
async function at(
  endpoint: string,
  variables: Record<string, string> = {},
  more: string[] = [],
): Promise<Diagnosis & { code: number | null; millis: number; out: string }> {
  const environment = { NODE_ENV: 'production', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...variables }
  return diagnose({ cwd: folder, environment, arguments: more })
}

describe('an endpoint', () => {
  test('of the embedded server takes OTLP; its ports are told to be its own', async () => {
    const server = await startServer({ port: 0, otlpPort: 0, dataFolder: folder })
    ends.push(() => server.close())
    const found = await at(server.urls.otlp, {}, [
      '--port',
      String(server.port),
      '--otlp-port',
      String(server.otlpPort),
      '--grpc-port',
      String(server.grpcPort),
    ])
    expect([found.code, found.ok]).toEqual([0, true])
    for (const signal of ['logs', 'traces', 'metrics'])
      expect(findingsOf(found, signal)).toEqual([
        `ok: ${server.urls.otlp}/v1/${signal} takes OTLP (http/protobuf, gzip)`,
      ])
    expect(findingsOf(found, `port ${server.otlpPort}`)).toEqual([
      expect.stringMatching(/^ok: OTLP of clew's embedded server \d/),
    ])
    expect(findingsOf(found, `port ${server.grpcPort}`)).toEqual([
      expect.stringMatching(/^ok: OTLP over gRPC of clew's embedded server \d/),
    ])
    expect(findingsOf(found, `port ${server.port}`)).toEqual([
      expect.stringMatching(/^ok: the viewer of clew's embedded server \d/),
    ])
    // Nothing was said by the doctor itself.
    const stored = (await (await fetch(`${server.urls.viewer}/api/v1/logs/health`)).json()) as { store: object }
    expect(stored.store).toMatchObject({ logs: 0, spans: 0 })
  })

  test('is asked as telemetry is sent: with its path, protocol, headers and client certificate', async () => {
    const { authority, server, client } = await makeCertificates()
    const files = { ca: authority.cert, key: client.private, cert: client.cert }
    for (const [name, pem] of Object.entries(files)) await writeFile(join(folder, name), pem)
    const started = await startReceiver(0, {
      key: server.private,
      cert: server.cert,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    ends.push(() => started.close())
    const seen: unknown[] = []
    started.answer = ({ url, headers }) => {
      seen.push([url, headers['content-type'], headers['x-key']])
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
    }
    const found = await at('http://127.0.0.1:1', {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${started.url}/own/path`,
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-key=k1',
      OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: join(folder, 'ca'),
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: join(folder, 'key'),
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: join(folder, 'cert'),
    })
    expect(findingsOf(found, 'logs')).toEqual([`ok: ${started.url}/own/path takes OTLP (http/json, gzip)`])
    expect(seen).toEqual([['/own/path', 'application/json', 'k1']])
  })

  test('that speaks gRPC takes OTLP, in plain text and over TLS', async () => {
    const { authority, server } = await makeCertificates()
    const plain = await startGrpcReceiver()
    const pair = { private_key: Buffer.from(server.private), cert_chain: Buffer.from(server.cert) }
    const secure = await startGrpcReceiver('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]))
    ends.push(
      () => plain.close(),
      () => secure.close(),
    )
    await writeFile(join(folder, 'ca'), authority.cert)
    const found = await at(`http://${plain.address}`, {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `https://${secure.address}`,
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: join(folder, 'ca'),
    })
    expect([...findingsOf(found, 'logs'), ...findingsOf(found, 'traces')]).toEqual([
      expect.stringContaining('takes OTLP (grpc, gzip)'),
      expect.stringContaining('takes OTLP (grpc, gzip)'),
    ])
  })
})

describe('an endpoint that does not take OTLP is told with what it did, and the cure:', () => {
  const cases: readonly (readonly [string, number, Record<string, string>, string, string, string])[] = [
    ['a wrong token', 401, {}, '', 'HTTP 401 at', 'look at otlp.headers'],
    ['one who may not', 403, {}, '', 'HTTP 403 at', 'look at otlp.headers'],
    ['a wrong path', 404, {}, '', 'HTTP 404 at', 'is the address right, with its path?'],
    ['a web page', 200, { 'content-type': 'text/html' }, '<html>', 'HTTP 200 at', 'is the address right'],
    [
      'some text',
      200,
      { 'content-type': 'text/plain' },
      'hello',
      'with text/plain, which is not OTLP',
      'is the address right',
    ],
    ['a redirect', 302, { location: 'https://elsewhere/' }, '', 'HTTP 302 at', 'redirects are not followed'],
    ['one that fails', 500, {}, '', 'HTTP 500 at', 'look at its log'],
  ]
  test.each(cases)('%s (%i)', async (_, status, headers, body, message, cure) => {
    const started = await receiver()
    started.answer = () => ({ status, headers, body })
    const found = await at(started.url)
    expect([found.code, found.ok]).toEqual([1, false])
    expect(findingsOf(found, 'logs')).toEqual([expect.stringMatching(/^failure: /)])
    expect(findingsOf(found, 'logs')[0]).toContain(message)
    expect(findingsOf(found, 'logs')[0]).toContain(cure)
  })

  test('one who refuses empty requests, which may be right for others', async () => {
    const started = await receiver()
    started.answer = () => ({ status: 400 })
    const found = await at(started.url)
    expect([found.code, findingsOf(found, 'traces')]).toEqual([
      0,
      [`warning: HTTP 400 at ${started.url}/v1/traces: an empty request was refused: others may pass`],
    ])
  })

  test('nobody listens', async () => {
    const found = await at('http://127.0.0.1:1')
    expect([found.code, findingsOf(found, 'logs')]).toEqual([
      1,
      [
        'failure: ECONNREFUSED at http://127.0.0.1:1/v1/logs: nothing listens there: start the collector (or npx clew up), and look at the port',
      ],
    ])
  })

  test('nobody listens to gRPC', async () => {
    const found = await at('http://127.0.0.1:1', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })
    expect(findingsOf(found, 'logs')).toEqual([
      expect.stringMatching(/^failure: gRPC UNAVAILABLE at .*nothing listens there/),
    ])
  })

  test('no host has this name', async () => {
    const found = await at('http://collector.invalid:4318')
    expect(findingsOf(found, 'logs')).toEqual([
      expect.stringMatching(/^failure: (ENOTFOUND|EAI_AGAIN) at .*: there is no host of this name/),
    ])
  })

  test('a certificate of an unknown authority, and one for another host', async () => {
    const { authority, server, elsewhere } = await makeCertificates()
    await writeFile(join(folder, 'ca'), authority.cert)
    const unknown = await receiver({ key: server.private, cert: server.cert })
    const other = await receiver({ key: elsewhere.private, cert: elsewhere.cert })
    const found = await at(unknown.url, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: other.url,
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: join(folder, 'ca'),
      OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: join(folder, 'ca'),
    })
    const untrusted = "the receiver's certificate is not trusted: set otlp.certificate"
    expect(findingsOf(found, 'logs')).toEqual([expect.stringContaining(untrusted)])
    expect(findingsOf(found, 'traces')).toEqual([expect.stringContaining(untrusted)])
    expect(findingsOf(found, 'metrics')).toEqual([expect.stringMatching(/^ok: /)])
  })

  test('TLS where none is spoken, and the other way round', async () => {
    const { server } = await makeCertificates()
    const [plain, secure] = [await receiver(), await receiver({ key: server.private, cert: server.cert })]
    const found = await at(plain.url.replace('http:', 'https:'), {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: secure.url.replace('https:', 'http:'),
    })
    expect(findingsOf(found, 'logs')).toEqual([expect.stringContaining('is it http:// instead of https://?')])
    expect(findingsOf(found, 'traces')).toEqual([expect.stringContaining('does it speak HTTP, and without TLS?')])
  })

  test('HTTP where gRPC is spoken, and the other way round', async () => {
    const grpc = await startGrpcReceiver()
    ends.push(() => grpc.close())
    const http = await receiver()
    const found = await at(`http://${grpc.address}`, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: http.url,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    })
    expect(findingsOf(found, 'logs')).toEqual([expect.stringContaining('set otlp.protocol to grpc')])
    expect(findingsOf(found, 'traces')).toEqual([expect.stringContaining('set otlp.protocol to http/protobuf')])
  })
})

describe('a port that accepts and never answers', () => {
  const silent = async (): Promise<number> => {
    const server: Server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const sockets = new Set<{ destroy(): void }>()
    server.on('connection', (socket) => sockets.add(socket))
    ends.push(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }

  test.each(['http/protobuf', 'grpc'])('holds nothing up, with %s', async (protocol) => {
    const port = await silent()
    const ports = ['--port', String(port), '--otlp-port', String(port)]
    const found = await at(`http://127.0.0.1:${port}`, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol }, [
      '--timeout',
      '2',
      ...ports,
    ])
    expect(found.millis).toBeLessThan(25_000)
    expect([found.code, findingsOf(found, 'logs')]).toEqual([
      1,
      [expect.stringMatching(/^failure: .* does not answer: look at the address, and at firewalls$/)],
    ])
    expect(found.checks.filter(({ subject }) => subject === `port ${port}`).map(({ verdict }) => verdict)).toEqual([
      'warning',
      'warning',
    ])
  })
})

test('secrets are shown nowhere: of headers, of URLs, of a private key', async () => {
  const started = await receiver()
  started.answer = ({ headers }) => ({
    status: 401,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: `no such token: ${String(headers['authorization'])}` }),
  })
  const url = started.url.replace('http://', 'http://user:hunter2pw@')
  const variables = {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20planted-token-1,x-team=planted-team-2',
    CLEW_PRIVACY_KEY: 'planted-privacy-key-3',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'user:planted4@host',
  }
  const found = await at(url, variables)
  expect(findingsOf(found, 'logs')).toEqual([expect.stringContaining('HTTP 401')])
  expect(found.out).not.toMatch(/hunter2pw|planted/)
})

test('a receiver whose clock is another one is told of', async () => {
  const started = await receiver()
  started.answer = () => ({ status: 200, headers: { date: new Date(Date.now() - 600_000).toUTCString() } })
  const found = await at(started.url)
  expect(found.code).toBe(0)
  expect(findingsOf(found, 'logs')).toEqual([
    expect.stringMatching(/^ok: /),
    expect.stringMatching(/^warning: the receiver's clock is (599|60\d) s behind this one: let both be set by NTP$/),
  ])
})
