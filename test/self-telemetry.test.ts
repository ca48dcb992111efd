import { trace } from '@opentelemetry/api'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
// The build: the delivery worker is started from it.
import { getLogger, init, type Clew, type SpoolOptions } from '../dist/src/index.js'
import { requestJson } from '../src/otlp/request-json.ts'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'
import { until } from './support/until.ts'

let home: string
let receiver: OtlpReceiver
let clew: Clew
/** The last value of each series, by metric and attributes. */
let series: Record<string, number>
let refuse: (url: string, body: Buffer) => number

interface Point {
  readonly asInt: string
  readonly attributes?: { key: string; value: { stringValue?: string; intValue?: string } }[]
}
interface Metrics {
  readonly resourceMetrics: {
    scopeMetrics: { scope: { name: string }; metrics: { name: string; unit: string; sum: { dataPoints: Point[] } }[] }[]
  }[]
}

function keepSeries(body: Buffer): void {
  const { resourceMetrics } = JSON.parse(requestJson('metrics', body)) as Metrics
  for (const { scope, metrics } of resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)) {
    expect(scope.name).toBe('clew')
    for (const { name, sum } of metrics) {
      for (const { attributes = [], asInt } of sum.dataPoints) {
        const values = attributes.map(({ value }) => value.stringValue ?? value.intValue)
        series[[name, ...values].join(' ')] = Number(asInt)
      }
    }
  }
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-self-'))
  receiver = await startReceiver()
  series = {}
  refuse = () => 200
  receiver.answer = (request, body) => {
    const status = refuse(request.url ?? '', body)
    if (status === 200 && request.url === '/v1/metrics') keepSeries(body)
    return { status }
  }
})
afterEach(async () => {
  await clew?.shutdown()
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

function start(spool?: SpoolOptions): void {
  clew = init({
    ...(spool === undefined ? {} : { spool }),
    service: 'test',
    home,
    console: { enabled: false },
    otlp: { endpoint: receiver.url },
    runtimeMetrics: false,
    http: false,
    websocket: false,
    redis: false,
  })
}

const exporter = (signal: string): string =>
  `otlp_http_${signal}_exporter/0 otlp_http_${signal}_exporter 127.0.0.1 ${new URL(receiver.url).port}`
const PROCESSOR = 'clew_spool/0 clew_spool'

describe("metrics of clew's own", () => {
  test('say what became of everything that was said', async () => {
    start()
    refuse = (url, body) => (url === '/v1/logs' && body.includes('poison') ? 400 : 200)
    const log = getLogger('orders')
    for (let n = 0; n < 10; n++) log.info(n === 7 ? 'poison' : 'said')
    const tracer = trace.getTracer('t')
    tracer.startActiveSpan('outer', (outer) => {
      tracer.startSpan('inner').end()
      outer.end()
    })
    const open = tracer.startSpan('open')
    expect(await clew.flush()).toBe(true)
    expect(await clew.flush()).toBe(true)
    expect(series).toEqual({
      'otel.sdk.log.created': 10,
      'otel.sdk.span.started none RECORD_AND_SAMPLE': 2,
      'otel.sdk.span.started local RECORD_AND_SAMPLE': 1,
      'otel.sdk.span.live RECORD_ONLY': 0,
      'otel.sdk.span.live RECORD_AND_SAMPLE': 1,
      [`otel.sdk.processor.log.processed ${PROCESSOR}`]: 10,
      [`otel.sdk.processor.log.queue.size ${PROCESSOR}`]: 0,
      [`otel.sdk.processor.span.processed ${PROCESSOR}`]: 2,
      [`otel.sdk.processor.span.queue.size ${PROCESSOR}`]: 0,
      [`otel.sdk.exporter.log.exported ${exporter('log')}`]: 9,
      [`otel.sdk.exporter.log.exported ${exporter('log')} refused`]: 1,
      [`otel.sdk.exporter.log.inflight ${exporter('log')}`]: 0,
      [`otel.sdk.exporter.span.exported ${exporter('span')}`]: 2,
      [`otel.sdk.exporter.span.inflight ${exporter('span')}`]: 0,
      // Those of the first flush.
      [`otel.sdk.exporter.metric_data_point.exported ${exporter('metric')}`]: 15,
      [`otel.sdk.exporter.metric_data_point.inflight ${exporter('metric')}`]: 0,
    })
    open.end()
  })

  test('say nothing while nothing was said', async () => {
    start()
    await clew.flush()
    await clew.shutdown()
    expect(receiver.requests).toBe(0)
  })
})

describe('after an outage', () => {
  const told = (): unknown[] =>
    receiver.logs
      .filter(({ scope }) => scope.name === 'clew')
      .map(({ severityText, body, attributes }) => [
        severityText,
        body,
        Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== 'log.record.uid')),
      ])

  test('one record says how long it was and how many waited', async () => {
    start()
    refuse = () => 503
    for (let n = 0; n < 100; n++) getLogger('orders').info('said')
    await until('an outage', () => (clew.status().delivery?.retries ?? 0) >= 3)
    refuse = () => 200
    expect(await clew.flush()).toBe(true)
    await until('the record', () => receiver.logs.some(({ scope }) => scope.name === 'clew'))
    expect(told()).toEqual([
      [
        'INFO',
        'the receiver takes telemetry again',
        { 'clew.outage.duration_ms': expect.any(Number), 'clew.outage.waited': expect.any(Number) },
      ],
    ])
    const [[, , { 'clew.outage.waited': waited }]] = told() as [[string, string, Record<string, number>]]
    expect(waited).toBeGreaterThanOrEqual(100)
  })

  test('it is a warning with the reasons when something was left out', async () => {
    start({ maxAgeMillis: 2_000 })
    refuse = () => 503
    for (let n = 0; n < 100; n++) getLogger('orders').info('said')
    await until('all are too old', () => clew.status().delivery?.dropped['expired'] === 100)
    refuse = () => 200
    getLogger('orders').info('said')
    expect(await clew.flush()).toBe(true)
    await until('the record', () => receiver.logs.some(({ scope }) => scope.name === 'clew'))
    expect(told()).toMatchObject([
      [
        'WARNING',
        'the receiver takes telemetry again; some was left out',
        { 'clew.outage.waited': 100, 'clew.outage.dropped.expired': 100 },
      ],
    ])
  })
})

test('a program that leaves something out says so at its end, in one line', async () => {
  receiver.answer = () => ({ status: 400 })
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home }
  const { stderr } = await runProgram('test/fixtures/ending.mjs', ['natural'], environment)
  expect(stderr.split('\n').filter((line) => line.includes('[dropped]'))).toEqual([
    'clew: left out: 100 refused [dropped]',
  ])
  expect(stderr).toMatch(/the receiver refused 1 entries: HTTP 400 at \S+; they are kept in \S+dead-letter-\S+\.jsonl/)
})
