import { readFileSync } from 'node:fs'
import { createServer as createHttp2Server } from 'node:http2'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Metadata, status as Status } from '@grpc/grpc-js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OtlpTransport } from '../../src/delivery/otlp-transport.ts'
import type { EndpointSettings } from '../../src/delivery/transport.ts'
import { endpointTo } from '../support/endpoint.ts'
import { startGrpcReceiver, type GrpcAnswer, type GrpcReceiver } from '../support/grpc-receiver.ts'
import { largeLogsRequest, logsRequest } from '../support/logs-request.ts'
import { startReceiver } from '../support/otlp-receiver.ts'

let receiver: GrpcReceiver
let notes: string[]
let transport: OtlpTransport
const opened: { close(): unknown }[] = []

function open(different: Partial<EndpointSettings> = {}, url = `http://${receiver.address}`): OtlpTransport {
  const note = (code: string, message: string): void => void notes.push(`${code}: ${message}`)
  const endpoint = endpointTo(url, { protocol: 'grpc', ...different })
  transport = new OtlpTransport({ endpoints: { logs: endpoint, traces: endpoint }, proxy: undefined }, note)
  opened.push(transport)
  return transport
}

beforeEach(async () => {
  receiver = await startGrpcReceiver()
  opened.push(receiver)
  notes = []
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

const DELIVERED = { kind: 'delivered', rejected: 0, message: '' }
const bodies = (): unknown[] => receiver.logs.map((entry) => entry.body)

/** A failed call's status, with a `google.rpc.Status` in its metadata where there are details. */
function failing(code: Status, details: string, rich?: Buffer): GrpcAnswer {
  const metadata = new Metadata()
  if (rich !== undefined) metadata.set('grpc-status-details-bin', rich)
  return { code, details, metadata }
}

/** The bytes of a `google.rpc.Status` with a RetryInfo of 2.5 seconds behind another detail. */
function retryInfo(): Buffer {
  const field = (tag: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([tag, bytes.length]), bytes])
  const any = (type: string, value: Buffer): Buffer =>
    field(0x1a, Buffer.concat([field(0x0a, Buffer.from(`type.googleapis.com/google.rpc.${type}`)), field(0x12, value)]))
  const delay = Buffer.from([0x08, 2, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01])
  return Buffer.concat([
    Buffer.from([0x08, 14]),
    any('DebugInfo', Buffer.from([0x12, 0])),
    any('RetryInfo', field(0x0a, delay)),
  ])
}

describe('what goes over the wire', () => {
  test.each(['gzip', 'none'] as const)('is the request as it is, with %s', async (compression) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    let request: { body: Buffer; metadata: Record<string, unknown> } | undefined
    receiver.answer = (seen) => {
      request = seen
      return Buffer.alloc(0)
    }
    const sent = largeLogsRequest()
    open({ compression, headers: { 'x-tenant': 'a b', 'key-bin': Buffer.from([1, 255]).toString('base64') } })
    expect(await transport.send('logs', sent)).toEqual(DELIVERED)
    expect(bodies()).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(request?.body.equals(sent)).toBe(true)
    expect(request?.metadata).toMatchObject({ 'x-tenant': 'a b', 'key-bin': Buffer.from([1, 255]) })
    const agent = `clew/${version} OTel-OTLP-Exporter-JavaScript/${version} grpc-node-js/`
    expect(request?.metadata['user-agent']).toEqual(expect.stringContaining(agent))
  })

  test('goes to the service of its signal, whatever path the endpoint has', async () => {
    open({}, `http://${receiver.address}/v1/traces`)
    expect(await transport.send('traces', Buffer.alloc(0))).toEqual(DELIVERED)
    expect(receiver.requests).toBe(1)
  })

  test.each([
    ['a name of a resolver', () => `dns:///${receiver.address}`],
    ['a host and a port', () => receiver.address],
  ])('finds its target by %s', async (_, target) => {
    expect(await open({ insecure: true }, target()).send('logs', logsRequest(1))).toEqual(DELIVERED)
  })

  test('finds its target by the path of a socket', async () => {
    const target = `unix:/tmp/clew-grpc-${process.pid}.sock`
    const local = await startGrpcReceiver(target)
    opened.push(local)
    expect(await open({ insecure: true }, target).send('logs', logsRequest(1))).toEqual(DELIVERED)
    expect(local.requests).toBe(1)
  })
})

describe('what a status means', () => {
  const CASES: readonly (readonly [keyof typeof Status, object])[] = [
    ...(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const).map(
      (name) => [name, { kind: 'later', retryAfterMillis: undefined }] as const,
    ),
    ...(['UNKNOWN', 'INTERNAL'] as const).map(
      (name) => [name, { kind: 'later', retryAfterMillis: undefined }] as const,
    ),
    ...(['INVALID_ARGUMENT', 'ALREADY_EXISTS', 'RESOURCE_EXHAUSTED'] as const).map(
      (name) => [name, { kind: 'refused', splittable: true }] as const,
    ),
    ['FAILED_PRECONDITION', { kind: 'refused', splittable: false }],
    ...(['UNAUTHENTICATED', 'PERMISSION_DENIED', 'UNIMPLEMENTED', 'NOT_FOUND'] as const).map(
      (name) => [name, { kind: 'later', retryAfterMillis: 30_000 }] as const,
    ),
  ]

  test.each(CASES)('%s', async (name, result) => {
    receiver.answer = () => failing(Status[name], 'said so')
    const message = `gRPC ${name} at http://${receiver.address}/: said so`
    expect(await open().send('logs', logsRequest(1))).toMatchObject({ ...result, message })
    const isMistake = 'retryAfterMillis' in result && result.retryAfterMillis === 30_000
    const said = notes.map((note) => note.slice(0, message.length + 15))
    expect(said).toEqual(isMistake ? [`misconfigured: ${message}`] : [])
  })

  test.each(['UNAVAILABLE', 'RESOURCE_EXHAUSTED'] as const)(
    '%s with RetryInfo is for later, after its delay',
    async (name) => {
      receiver.answer = () => failing(Status[name], 'throttled', retryInfo())
      expect(await open().send('logs', logsRequest(1))).toMatchObject({ kind: 'later', retryAfterMillis: 2_500 })
    },
  )

  test('a gateway that finds it too large in the words of HTTP refuses it', async () => {
    const gateway = createHttp2Server((_, response) => response.writeHead(413).end())
    opened.push({ close: () => gateway.close() })
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
    open({}, `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`)
    expect(await transport.send('logs', logsRequest(1))).toMatchObject({ kind: 'refused', splittable: true })
  })

  test('details that can not be read are none', async () => {
    receiver.answer = () => failing(Status.RESOURCE_EXHAUSTED, 'too large', retryInfo().subarray(0, 30))
    expect(await open().send('logs', logsRequest(1))).toMatchObject({ kind: 'refused', splittable: true })
  })

  test('a partial success is read', async () => {
    receiver.answer = () => Buffer.from([0x0a, 0x08, 0x08, 0x03, 0x12, 0x04, ...Buffer.from('gone')])
    expect(await open().send('logs', logsRequest(1))).toEqual({ kind: 'delivered', rejected: 3, message: 'gone' })
  })

  test('what it says is passed on without the headers that were sent', async () => {
    receiver.answer = () => failing(Status.INVALID_ARGUMENT, 'no such key: hunter2-key')
    open({ headers: { authorization: 'Bearer hunter2-key' } })
    expect(await transport.send('logs', logsRequest(1))).toMatchObject({
      message: expect.not.stringContaining('hunter2'),
    })
  })
})

test('a receiver that can not decompress gets no gzip from then on, and one note is given', async () => {
  // What a server of Go says when it has no such decompressor.
  const details = 'grpc: Decompressor is not installed for grpc-encoding "gzip"'
  let refusals = 1
  receiver.answer = () => (refusals-- > 0 ? failing(Status.UNIMPLEMENTED, details) : Buffer.alloc(0))
  open()
  expect(await transport.send('logs', logsRequest(1))).toEqual(DELIVERED)
  expect(await transport.send('logs', logsRequest(2))).toEqual(DELIVERED)
  expect(notes).toEqual([`compression: http://${receiver.address}/ does not take gzip: none is used from now on`])
  expect(receiver.requests).toBe(3)
})

describe('a connection', () => {
  /** Passes bytes on to the receiver, and can fall silent on the connections it has. */
  async function startWire(): Promise<{ url: string; sockets: Socket[]; fallSilent(): void }> {
    const [host = '', port] = receiver.address.split(':')
    const sockets: Socket[] = []
    const server = createServer((inward) => {
      const outward = connect(Number(port), host)
      for (const socket of [inward, outward]) socket.on('error', () => {})
      inward.pipe(outward).pipe(inward)
      inward.on('close', () => outward.destroy())
      sockets.push(inward)
    })
    opened.push({ close: () => server.close() }, { close: () => sockets.forEach((socket) => socket.destroy()) })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      sockets,
      fallSilent: () => sockets.forEach((socket) => socket.unpipe().pause()),
    }
  }

  test('is kept for the next request', async () => {
    const wire = await startWire()
    open({}, wire.url)
    for (let n = 0; n < 3; n++) expect(await transport.send('logs', logsRequest(n))).toEqual(DELIVERED)
    expect(wire.sockets).toHaveLength(1)
  })

  test('that breaks is made anew', async () => {
    const wire = await startWire()
    open({}, wire.url)
    expect(await transport.send('logs', logsRequest(1))).toEqual(DELIVERED)
    wire.sockets[0]?.resetAndDestroy()
    await new Promise<void>((resolve) => wire.sockets[0]?.once('close', resolve))
    const results = [await transport.send('logs', logsRequest(2)), await transport.send('logs', logsRequest(3))]
    expect(results.at(-1)).toEqual(DELIVERED)
    expect(bodies()).toEqual(results[0]?.kind === 'delivered' ? [1, 2, 3] : [1, 3])
  })

  test('that falls silent is left after the timeout', async () => {
    const wire = await startWire()
    open({ timeoutMillis: 500 }, wire.url)
    expect(await transport.send('logs', logsRequest(1))).toEqual(DELIVERED)
    wire.fallSilent()
    expect(await transport.send('logs', logsRequest(2))).toMatchObject({
      kind: 'later',
      message: expect.stringContaining('DEADLINE_EXCEEDED'),
    })
    expect(await transport.send('logs', logsRequest(2))).toEqual(DELIVERED)
    expect(wire.sockets).toHaveLength(2)
  })

  test('that nobody takes is for later, and works soon after somebody listens', async () => {
    receiver.close()
    open()
    const refused = { kind: 'later', message: expect.stringContaining('ECONNREFUSED') }
    for (let n = 0; n < 20; n++) expect(await transport.send('logs', logsRequest(n))).toMatchObject(refused)
    receiver = await startGrpcReceiver(receiver.address)
    opened.push(receiver)
    const begun = performance.now()
    while ((await transport.send('logs', logsRequest('at last'))).kind !== 'delivered');
    expect(performance.now() - begun).toBeLessThan(3_000)
    expect(bodies()).toEqual(['at last'])
  })

  test('to a name that nobody knows, or to what speaks no gRPC, is for later', async () => {
    const http = await startReceiver()
    opened.push(http)
    expect(await open({}, http.url).send('logs', logsRequest(1))).toMatchObject({ kind: 'later' })
    expect(notes).toEqual([expect.stringContaining('set otlp.protocol to http/protobuf')])
    open({ timeoutMillis: 5_000 }, 'http://clew-test.invalid:4317')
    expect(await transport.send('logs', logsRequest(1))).toMatchObject({ kind: 'later' })
  })
})

test('an answer without a limit is waited for', async () => {
  receiver.answer = () => undefined
  open({ timeoutMillis: 0 })
  const sent = transport.send('logs', logsRequest(1)).then(({ kind }) => kind)
  expect(await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 300, 'waits'))])).toBe('waits')
  receiver.close()
  expect(await sent).toBe('later')
})
