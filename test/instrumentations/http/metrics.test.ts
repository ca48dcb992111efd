import { metrics, trace } from '@opentelemetry/api'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
// The build: the metrics SDK is loaded by require(), which older Nodes can't do with TypeScript.
import { tellRequest } from '../../../dist/instrumentations/http/index.js'
import { init, type Clew, type HttpOptions } from '../../../dist/src/index.js'
import { startReceiver, type OtlpReceiver } from '../../support/otlp-receiver.ts'
import { until } from '../../support/until.ts'
import { openSocket, startServer, type TestServer } from './support/server.ts'

interface Exemplar {
  readonly traceId: string
  readonly spanId: string
  readonly asDouble: number
  readonly timeUnixNano: string
}

interface Point {
  readonly attributes?: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
  readonly count?: string
  readonly sum?: number
  readonly asInt?: string
  readonly exemplars?: readonly Exemplar[]
}

interface Metric {
  readonly name: string
  readonly histogram?: { readonly dataPoints: readonly Point[] }
  readonly sum?: { readonly dataPoints: readonly Point[] }
}

interface MetricsRequest {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[]
}

let home: string
let receiver: OtlpReceiver
let received: Metric[]
let clew: Clew
let server: TestServer

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'clew-http-'))
  received = []
  receiver = await startReceiver()
  receiver.answer = (request, body) => {
    if (request.url === '/v1/metrics') {
      const { resourceMetrics } = JSON.parse(body.toString()) as MetricsRequest
      received.push(...resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)))
    }
    return { status: 200 }
  }
})

afterEach(async () => {
  await server.stop()
  await clew.shutdown()
  await receiver.close()
  rmSync(home, { recursive: true, force: true })
})

function start(http: HttpOptions = {}): void {
  clew = init({
    service: 'test',
    home,
    level: 'error',
    console: { enabled: false },
    file: { enabled: false },
    otlp: { endpoint: receiver.url, protocol: 'http/json' },
    runtimeMetrics: false,
    lifecycle: false,
    // The receiver is in this process.
    http: { ...http, ignorePaths: ['/v1/*'] },
  })
}

/** Asks so many times over one connection, and waits for all the answers. */
async function askMany(count: number, path: (i: number) => string): Promise<void> {
  const socket = await openSocket(server.port)
  let answered = 0
  socket.on('data', (chunk: Buffer) => (answered += chunk.toString('latin1').split('HTTP/1.1 ').length - 1))
  for (let i = 0; i < count; i += 500) {
    const many = Array.from({ length: Math.min(500, count - i) }, (_, k) => `GET ${path(i + k)} HTTP/1.1\r\nHost: a\r\n\r\n`) // prettier-ignore
    socket.write(many.join(''))
    await until(`${i} answers`, () => answered >= Math.min(i + 500, count))
  }
  socket.destroy()
}

async function pointsOf(name: string): Promise<readonly Point[]> {
  await clew.flush()
  await until(`the metric ${name}`, () => received.some((metric) => metric.name === name))
  const metric = received.findLast((one) => one.name === name)
  return metric?.histogram?.dataPoints ?? metric?.sum?.dataPoints ?? []
}

const attributesOf = ({ attributes = [] }: Point): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const total = (points: readonly Point[]): number => points.reduce((sum, { count }) => sum + Number(count), 0)

test('ten thousand paths that are no routes are one point', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  await askMany(10_000, (i) => `/made/up/${i}`)
  const points = await pointsOf('http.server.request.duration')
  expect(points.map(attributesOf)).toEqual([
    { 'http.request.method': 'GET', 'url.scheme': 'http', 'http.response.status_code': '200' },
  ])
  expect(total(points)).toBe(10_000)
})

test('ten thousand routes are as many points as the limit allows; the rest is counted as one, and nothing is lost', async () => {
  start({ cardinalityLimit: 100 })
  server = await startServer((request, response) => {
    tellRequest(request, { route: request.url })
    response.end()
  })
  await askMany(10_000, (i) => `/made/up/${i}`)
  const points = await pointsOf('http.server.request.duration')
  expect(points).toHaveLength(100)
  expect(total(points)).toBe(10_000)
  const overflow = points.filter((point) => attributesOf(point)['otel.metric.overflow'] === true)
  expect(overflow.map((point) => Number(point.count))).toEqual([10_000 - 99])
})

test('each bucket of a duration leads to the slowest of its traces', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  await askMany(50, () => '/')
  const [point] = await pointsOf('http.server.request.duration')
  await until('the spans', () => receiver.spans.length >= 50)
  const traces = new Map(receiver.spans.map((span) => [span.traceId, span.spanId]))
  const exemplars = point?.exemplars ?? []
  expect(exemplars.length).toBeGreaterThan(0)
  for (const { traceId, spanId, asDouble, timeUnixNano } of exemplars) {
    expect(traces.get(traceId)).toBe(spanId)
    expect(asDouble).toBeGreaterThan(0)
    expect(Math.abs(Number(timeUnixNano) / 1e6 - Date.now())).toBeLessThan(60_000)
  }
  received.length = 0
  const [again] = await pointsOf('http.server.request.duration')
  expect([again?.count, again?.exemplars]).toEqual(['50', undefined])
})

test('histograms of the program have exemplars, too, of sampled traces', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  const histogram = metrics.getMeter('shop').createHistogram('Order.Value')
  histogram.record(7)
  const ids: (string | undefined)[] = []
  trace.getTracer('shop').startActiveSpan('order', (span) => {
    histogram.record(3, { kind: 'small' })
    histogram.record(4, { kind: 'small' })
    histogram.record(9_999, { kind: 'small' })
    ids.push(span.spanContext().traceId)
    span.end()
  })
  const points = await pointsOf('Order.Value')
  const found = points.map((point) => [attributesOf(point)['kind'], point.exemplars?.map((one) => one.asDouble)])
  expect(found).toContainEqual([undefined, undefined])
  expect(found).toContainEqual(['small', [4, 9_999]])
  expect(new Set(points.flatMap(({ exemplars = [] }) => exemplars.map(({ traceId }) => traceId)))).toEqual(new Set(ids))
})

/** Measures within a sampled span. */
const sampled = (measure: () => void): void =>
  trace.getTracer('shop').startActiveSpan('order', (span) => {
    measure()
    span.end()
  })
const told = ({ count, sum, exemplars }: Point): unknown => [count, sum, exemplars?.map((one) => one.asDouble)]

test('what the SDK does not count is no exemplar', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  const histogram = metrics.getMeter('shop').createHistogram('refused')
  sampled(() => [-1, Number.NaN, '900' as unknown as number, 2].forEach((value) => histogram.record(value)))
  expect((await pointsOf('refused')).map(told)).toEqual([['1', 2, [2]]])
})

test('two versions of a meter have each their own exemplars', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  sampled(() => {
    metrics.getMeter('shop', '1').createHistogram('versions').record(3)
    metrics.getMeter('shop', '2').createHistogram('versions').record(4)
  })
  await pointsOf('versions')
  const points = received.filter(({ name }) => name === 'versions').flatMap((metric) => metric.histogram?.dataPoints)
  expect(points.map((point) => told(point as Point))).toEqual([
    ['1', 3, [3]],
    ['1', 4, [4]],
  ])
})

test('attributes that are changed and used again have the sums and the exemplars of what they were', async () => {
  start()
  server = await startServer((_request, response) => response.end())
  const histogram = metrics.getMeter('shop').createHistogram('reused')
  const attributes = { kind: 'a' }
  sampled(() => {
    histogram.record(1, attributes)
    attributes.kind = 'b'
    histogram.record(2, attributes)
    histogram.record(70, attributes)
  })
  const points = await pointsOf('reused')
  expect(points.map((point) => [attributesOf(point)['kind'], told(point)])).toEqual([
    ['a', ['1', 1, [1]]],
    ['b', ['2', 72, [2, 70]]],
  ])
})

test('requests that are being answered are counted, by method', async () => {
  start()
  const held: (() => void)[] = []
  server = await startServer((_request, response) => void held.push(() => response.end()))
  const answers = Promise.all([1, 2].map(() => fetch(server.url)))
  await until('two requests', () => held.length === 2)
  const active = async (): Promise<unknown[]> =>
    (await pointsOf('http.server.active_requests')).map((point) => [attributesOf(point), Number(point.asInt)])
  const kind = { 'http.request.method': 'GET', 'url.scheme': 'http' }
  expect(await active()).toEqual([[kind, 2]])
  for (const end of held) end()
  await answers
  received.length = 0
  expect(await active()).toEqual([[kind, 0]])
})
