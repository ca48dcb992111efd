import { ServerCredentials } from '@grpc/grpc-js'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OtlpTransport } from '../../src/delivery/otlp-transport.ts'
import type { EndpointSettings, SendResult } from '../../src/delivery/transport.ts'
import { makeCertificates, type Certificates } from '../support/certificates.ts'
import { endpointTo } from '../support/endpoint.ts'
import { startGrpcReceiver } from '../support/grpc-receiver.ts'
import { logsRequest } from '../support/logs-request.ts'
import { startReceiver } from '../support/otlp-receiver.ts'

let certificates: Certificates
let notes: string[]
const opened: { close(): unknown }[] = []

beforeAll(async () => {
  certificates = await makeCertificates()
})
beforeEach(() => {
  notes = []
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

function send(different: Partial<EndpointSettings>, url: string): Promise<SendResult> {
  const note = (code: string, message: string): void => void notes.push(`${code}: ${message}`)
  const endpoints = { logs: endpointTo(url, { timeoutMillis: 5_000, ...different }) }
  const transport = new OtlpTransport({ endpoints, proxy: undefined }, note)
  opened.push(transport)
  return transport.send('logs', logsRequest('over TLS'))
}

interface TlsReceiver {
  readonly url: string
  readonly logs: readonly { readonly body: unknown }[]
}

async function overHttp(asksWho: boolean, server = certificates.server): Promise<TlsReceiver> {
  const { authority } = certificates
  const tls = { key: server.private, cert: server.cert, ca: authority.cert, requestCert: asksWho }
  const receiver = await startReceiver(0, { ...tls, rejectUnauthorized: asksWho })
  opened.push(receiver)
  return { url: `${receiver.url}/v1/logs`, logs: receiver.logs }
}

async function overGrpc(asksWho: boolean, server = certificates.server): Promise<TlsReceiver> {
  const { authority } = certificates
  const pair = { private_key: Buffer.from(server.private), cert_chain: Buffer.from(server.cert) }
  const credentials = ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], asksWho)
  const receiver = await startGrpcReceiver('127.0.0.1:0', credentials)
  opened.push(receiver)
  return { url: `https://${receiver.address}`, logs: receiver.logs }
}

describe.each([
  ['http/protobuf', overHttp],
  ['grpc', overGrpc],
] as const)('%s over TLS', (protocol, start) => {
  test('reaches a receiver whose certificate is trusted', async () => {
    const receiver = await start(false)
    const tls = { certificate: certificates.authority.cert }
    expect(await send({ protocol, tls }, receiver.url)).toMatchObject({ kind: 'delivered' })
    const byName = receiver.url.replace('127.0.0.1', 'localhost')
    expect(await send({ protocol, tls }, byName)).toMatchObject({ kind: 'delivered' })
    expect(receiver.logs.map((entry) => entry.body)).toEqual(['over TLS', 'over TLS'])
  })

  test.each([
    ['none that is trusted', () => ({})],
    ['one that another authority signed', () => ({ certificate: certificates.stranger.cert })],
  ])('sends nothing where the certificate is %s, keeps it, and says so', async (_, tls) => {
    const receiver = await start(false)
    const result = await send({ protocol, tls: tls() }, receiver.url)
    expect(result).toMatchObject({ kind: 'later', cure: expect.stringContaining('set otlp.certificate') })
    expect(notes).toEqual([expect.stringContaining('set otlp.certificate')])
    expect(receiver.logs).toEqual([])
  })

  test('sends nothing to a receiver whose certificate is for another host', async () => {
    const receiver = await start(false, certificates.elsewhere)
    const tls = { certificate: certificates.authority.cert }
    expect(await send({ protocol, tls }, receiver.url)).toMatchObject({ kind: 'later' })
    const byName = receiver.url.replace('127.0.0.1', 'localhost')
    expect(await send({ protocol, tls }, byName)).toMatchObject({ kind: 'later' })
    expect(receiver.logs).toEqual([])
  })

  test('shows its own certificate to a receiver that asks who calls', async () => {
    const receiver = await start(true)
    const { authority, client } = certificates
    const tls = { certificate: authority.cert, clientKey: client.private, clientCertificate: client.cert }
    expect(await send({ protocol, tls }, receiver.url)).toMatchObject({ kind: 'delivered' })
  })

  test('keeps the data where the receiver does not know who calls', async () => {
    const receiver = await start(true)
    const tls = { certificate: certificates.authority.cert }
    expect(await send({ protocol, tls }, receiver.url)).toMatchObject({ kind: 'later' })
    expect(receiver.logs).toEqual([])
  })

  test('to a receiver without TLS keeps the data, and says so', async () => {
    const plain = protocol === 'grpc' ? await startGrpcReceiver() : await startReceiver()
    opened.push(plain)
    const place = 'address' in plain ? plain.address : new URL(plain.url).host
    expect(await send({ protocol }, `https://${place}`)).toMatchObject({ kind: 'later' })
    expect(notes).toEqual([expect.stringContaining('TLS is not spoken there')])
  })
})

test('a gRPC target without a scheme is reached over TLS, unless it is said to be insecure', async () => {
  const secure = await overGrpc(false)
  const tls = { certificate: certificates.authority.cert }
  const target = secure.url.replace('https://', '')
  expect(await send({ protocol: 'grpc', tls }, target)).toMatchObject({ kind: 'delivered' })
  const plain = await startGrpcReceiver()
  opened.push(plain)
  expect(await send({ protocol: 'grpc' }, plain.address)).toMatchObject({ kind: 'later' })
  expect(await send({ protocol: 'grpc', insecure: true }, plain.address)).toMatchObject({ kind: 'delivered' })
})
