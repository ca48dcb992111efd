import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  ClientRequest,
  IncomingMessage,
  Server,
  ServerResponse,
  type IncomingMessage as Incoming,
  type ServerResponse as Outgoing,
} from 'node:http'
import { Server as SecureServer } from 'node:https'
import { Server as NetServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHttpInstrumentation } from '../../../instrumentations/http/index.ts'
import { Recording } from './support/recording.ts'
import { ask, call, get, startServer, type TestServer } from './support/server.ts'

let recording: Recording | undefined
let server: TestServer | undefined

afterEach(async () => {
  await server?.stop()
  recording?.stop()
  server = recording = undefined
})

const PROTOTYPES = [
  ClientRequest.prototype,
  NetServer.prototype,
  Server.prototype,
  SecureServer.prototype,
  IncomingMessage.prototype,
  ServerResponse.prototype,
]
const hello = (_request: Incoming, response: Outgoing): void => void response.end('hello')

test('enabling twice tells everything once', async () => {
  recording = new Recording()
  recording.instrumentation.enable()
  server = await startServer(hello)
  await call(server.url)
  await recording.spansOf('SERVER', 1)
  await recording.spansOf('CLIENT', 1)
  expect(recording.spans).toHaveLength(2)
})

test('a second instrumentation in the process tells nothing again', async () => {
  recording = new Recording()
  const second = createHttpInstrumentation()
  second.enable()
  server = await startServer(hello)
  await call(server.url)
  await recording.spansOf('SERVER', 1)
  await recording.spansOf('CLIENT', 1)
  second.disable()
  expect(recording.spans).toHaveLength(2)
})

test('disabling leaves no trace on the shared classes, and enabling again works on servers that listen already', async () => {
  server = await startServer(hello)
  recording = new Recording()
  recording.instrumentation.disable()
  expect(PROTOTYPES.map((prototype) => Object.hasOwn(prototype, 'emit'))).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ])
  expect((await call(server.url)).headers).not.toHaveProperty('x-request-id')
  expect(recording.spans).toEqual([])
  recording.instrumentation.enable()
  await call(server.url)
  expect(await recording.spansOf('SERVER', 1)).toHaveLength(1)
})

test('a request that is under way when the instrumentation ends is still told', async () => {
  const current = (recording = new Recording())
  server = await startServer((_request, response) => {
    current.instrumentation.disable()
    response.end()
  })
  await ask(server.port, get('/'))
  expect(await current.record('request completed')).toMatchObject({ level: 'INFO' })
})

test('where another patch came after ours, disabling leaves that one working and tells nothing more', async () => {
  recording = new Recording()
  const ours = Reflect.get(Server.prototype, 'emit') as (this: object, ...args: unknown[]) => boolean
  const events: string[] = []
  Server.prototype.emit = function emit(event: string, ...args: unknown[]) {
    events.push(event)
    return Reflect.apply(ours, this, [event, ...args])
  }
  recording.instrumentation.disable()
  server = await startServer(hello)
  await ask(server.port, get('/'))
  Reflect.deleteProperty(Server.prototype, 'emit')
  expect(events).toContain('request')
  expect(recording.spans).toEqual([])
})

const SCENARIOS: [string, (request: Incoming, response: Outgoing) => void][] = [
  ['a plain answer', hello],
  [
    'a head given as an object',
    (_request, response) => response.writeHead(201, 'Made', { 'X-Kind': ['a', 'b'] }).end('made'),
  ],
  [
    'a head given as a list',
    (_request, response) => response.writeHead(200, ['X-Kind', 'a', 'X-Kind', 'b']).end('made'),
  ],
  ['a status without a body', (_request, response) => response.writeHead(204).end()],
  ['an answer in pieces', (_request, response) => void (response.write('a'), response.write('b'), response.end('c'))],
  [
    'early hints',
    (_request, response) => response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.end('late')),
  ],
  [
    'a trailer',
    (_request, response) =>
      void (
        response.setHeader('Trailer', 'X-Sum'),
        response.write('a'),
        response.addTrailers({ 'X-Sum': '1' }),
        response.end()
      ),
  ],
  ['an echo', (request, response) => void request.pipe(response)],
]

const visible = (text: string): string => text.replace(/^(Date|x-request-id): .*\r\n/gim, '')

test.each(SCENARIOS)('%s looks the same to the client, but for the request id', async (_name, handler) => {
  server = await startServer(handler)
  const without = await ask(server.port, get('/'))
  recording = new Recording()
  const withIt = await ask(server.port, get('/'))
  expect(withIt).toContain('x-request-id')
  expect(visible(withIt)).toBe(visible(without))
})

test('a failure of ours is told to who asked for it, and the request goes on', async () => {
  recording = new Recording()
  const failures: unknown[] = []
  recording.instrumentation.disable()
  const broken = createHttpInstrumentation({
    ignorePaths: [{ [Symbol.search]: () => { throw new Error('ours') } } as unknown as RegExp], // prettier-ignore
    onError: (error) => {
      failures.push(error)
      throw new Error('and his')
    },
  })
  broken.enable()
  server = await startServer(hello)
  expect(await ask(server.port, get('/'))).toContain('hello')
  broken.disable()
  expect(failures).toEqual([new Error('ours')])
})

test('a header that can not be one is refused at once', () => {
  expect(() => createHttpInstrumentation({ requestIdHeader: 'x request id' })).toThrow(TypeError)
})

test('it says whether it is at work', () => {
  const instrumentation = createHttpInstrumentation()
  expect(instrumentation.status()).toMatchObject({ name: 'http', active: false })
  instrumentation.enable()
  expect(instrumentation.status()).toMatchObject({ name: 'http', active: true })
  instrumentation.disable()
  expect(instrumentation.status().active).toBe(false)
})

test('requests and calls are measured in seconds, by method, status and error', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  metrics.setGlobalMeterProvider(provider)
  recording = new Recording()
  const current = (server = await startServer((_request, response) => response.writeHead(503).end()))
  await call(current.url)
  await recording.spansOf('SERVER', 1)
  await recording.spansOf('CLIENT', 1)
  await provider.forceFlush()
  metrics.disable()
  const measured = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  const shared = {
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'http.response.status_code': 503,
    'error.type': '503',
  }
  const seen = measured.map(({ descriptor, dataPoints }) => [
    descriptor.name,
    descriptor.unit,
    dataPoints.map(({ attributes }) => attributes),
  ])
  expect(Object.fromEntries(seen.map(([name, ...rest]) => [name, rest]))).toEqual({
    'http.server.active_requests': ['{request}', [{ 'http.request.method': 'GET', 'url.scheme': 'http' }]],
    'http.server.request.duration': ['s', [shared]],
    'http.client.request.duration': ['s', [{ ...shared, 'server.address': '127.0.0.1', 'server.port': current.port }]],
  })
  await provider.shutdown()
})
