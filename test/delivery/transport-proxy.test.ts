import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OtlpTransport } from '../../src/delivery/otlp-transport.ts'
import type { EndpointSettings, ProxySettings, SendResult } from '../../src/delivery/transport.ts'
import { makeCertificates } from '../support/certificates.ts'
import { endpointTo } from '../support/endpoint.ts'
import { startGrpcReceiver } from '../support/grpc-receiver.ts'
import { logsRequest } from '../support/logs-request.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'

/** Node's own proxies came with 22.21 and 24.5. */
const NODE_CAN = process.allowedNodeEnvironmentFlags.has('--use-env-proxy')

let proxy: Server
let proxyUrl: string
/** What the proxy was asked for. */
let asked: string[]
const opened: { close(): unknown }[] = []

/** A forward proxy: passes requests on, and tunnels. */
beforeEach(async () => {
  asked = []
  proxy = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    const outward = request(incoming.url ?? '', { method: 'POST', headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(outward)
  })
  proxy.on('connect', (incoming, inward: Socket) => {
    asked.push(`CONNECT ${incoming.url}`)
    const [host, port] = (incoming.url ?? '').split(':')
    const outward = connect(Number(port), host, () => inward.write('HTTP/1.1 200 OK\r\n\r\n'))
    inward.pipe(outward).pipe(inward)
    for (const socket of [inward, outward]) socket.on('error', () => {})
    opened.push({ close: () => inward.destroy() }, { close: () => outward.destroy() })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  proxy.closeAllConnections()
  proxy.close()
})

function send(
  proxy: ProxySettings | undefined,
  url: string,
  different: Partial<EndpointSettings> = {},
): Promise<SendResult> {
  const transport = new OtlpTransport({ endpoints: { logs: endpointTo(url, different) }, proxy }, () => {})
  opened.push(transport)
  return transport.send('logs', logsRequest('through the proxy'))
}

test('HTTP goes through the proxy, or past it where no_proxy says so', async () => {
  const receiver = await startReceiver()
  opened.push(receiver)
  const url = `${receiver.url}/v1/logs`
  expect(await send({ http_proxy: proxyUrl }, url)).toMatchObject({ kind: 'delivered' })
  expect(asked).toEqual(NODE_CAN ? [`POST ${url}`] : [])
  expect(await send({ http_proxy: proxyUrl, no_proxy: '127.0.0.1' }, url)).toMatchObject({ kind: 'delivered' })
  expect(await send(undefined, url)).toMatchObject({ kind: 'delivered' })
  expect(asked).toHaveLength(NODE_CAN ? 1 : 0)
  expect(receiver.logs).toHaveLength(3)
})

test('HTTPS goes through a tunnel, with the certificates that are set', async () => {
  const { server, authority } = await makeCertificates()
  const receiver = await startReceiver(0, { key: server.private, cert: server.cert })
  opened.push(receiver)
  const tls = { certificate: authority.cert }
  const through = { https_proxy: proxyUrl }
  expect(await send(through, receiver.url, { tls })).toMatchObject({ kind: 'delivered' })
  expect(asked).toEqual(NODE_CAN ? [`CONNECT ${new URL(receiver.url).host}`] : [])
  expect(await send(through, receiver.url)).toMatchObject({ kind: 'later' })
})

test.each([
  ['http/protobuf', 'POST', '1'],
  ['grpc', 'CONNECT', '1'],
  ['http/protobuf', 'nothing', '0'],
  ['grpc', 'nothing', '0'],
])('a program sends %s with %s through the proxy where NODE_USE_ENV_PROXY=%s', async (protocol, method, use) => {
  const receiver = protocol === 'grpc' ? await startGrpcReceiver() : await startReceiver()
  opened.push(receiver)
  const home = await mkdtemp(join(tmpdir(), 'clew-proxy-'))
  opened.push({ close: () => rm(home, { recursive: true }) })
  const end = await runProgram('test/fixtures/sender.mjs', ['shutdown'], {
    HTTP_PROXY: proxyUrl,
    NODE_USE_ENV_PROXY: use,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'address' in receiver ? `http://${receiver.address}` : receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    CLEW_HOME: home,
  })
  expect(end).toMatchObject({ code: 0, stderr: '' })
  expect(receiver.logs).toHaveLength(100)
  expect([...new Set(asked.map((each) => each.split(' ')[0]))]).toEqual(
    method === 'nothing' || !NODE_CAN ? [] : [method],
  )
})
