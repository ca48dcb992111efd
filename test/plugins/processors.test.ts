import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createProcessors } from '../../dist/src/processors.js'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'
import { freePort } from '../support/redis-server.ts'
import { receiverOfTest, temporaryHome } from './support.ts'

const NODE_SDK = 'test/fixtures/plugins/node-sdk.mjs'

const run = (endpoint: string, home: string, ...args: string[]) =>
  runProgram(NODE_SDK, args, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, CLEW_HOME: home })

const arrived = (receiver: OtlpReceiver) => ({
  logs: receiver.logs.map(({ body }) => body).toSorted(),
  spans: receiver.spans.map(({ name }) => name).toSorted(),
  points: receiver.dataPoints,
})

describe("clew's processors in a NodeSDK", () => {
  test("send its records, spans and metrics with the SDK's resource, without secrets", async () => {
    const receiver = await receiverOfTest()
    const { stderr } = await run(receiver.url, temporaryHome())
    expect(stderr).toBe('')
    expect(arrived(receiver)).toEqual({ logs: ['one'], spans: ['one'], points: 1 })
    const [entry] = receiver.logs
    const [span] = receiver.spans
    const hidden = { password: '[REDACTED]', at: 'redis://[REDACTED]@host/0' }
    const resource = { service: 'one', attributes: expect.objectContaining({ 'host.id': expect.any(String) as string, 'api.token': '[REDACTED]', 'process.pid': expect.any(Number) as number }) as object } // prettier-ignore
    expect(entry).toEqual({
      resource,
      scope: { name: 'library', version: '1.2', attributes: {} },
      timeMillis: 1e12,
      timeNanos: 0,
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'said',
      body: 'one',
      attributes: {
        ...hidden,
        'exception.type': 'TypeError',
        'exception.message': 'broken',
        'exception.stacktrace': expect.stringContaining('node-sdk.mjs'),
        'log.record.uid': expect.stringMatching(/^[0-9A-Z]{26}$/),
      },
      traceId: span?.traceId,
      spanId: span?.spanId,
    })
    expect(span).toMatchObject({
      resource,
      scope: { name: 'library', version: '1.2' },
      name: 'one',
      kind: 1,
      statusCode: 2,
      statusMessage: 'redis://[REDACTED]@host/0',
      attributes: hidden,
      events: [{ name: 'tick', attributes: hidden }],
    })
    expect(JSON.stringify([receiver.logs, receiver.spans])).not.toMatch(/hunter2|p4ss/)
  })

  test('leave a record the id it has', async () => {
    const receiver = await receiverOfTest()
    await run(receiver.url, temporaryHome(), 'shutdown', 'uid')
    expect(receiver.logs[0]?.attributes['log.record.uid']).toBe('given')
  })

  test.each(['shutdown', 'flush', 'exit', 'natural', 'sigterm'])(
    'lose nothing when the program ends by %s',
    async (way) => {
      const receiver = await receiverOfTest()
      await run(receiver.url, temporaryHome(), way)
      // What a meter holds is collected only while the program can wait for it.
      const points = way === 'shutdown' || way === 'flush' ? 1 : 0
      expect(arrived(receiver)).toEqual({ logs: ['one'], spans: ['one'], points })
    },
  )

  test('keep everything for the next start while the collector is down, and end in time', async () => {
    const port = await freePort()
    const home = temporaryHome()
    const first = await run(`http://127.0.0.1:${port}`, home, 'shutdown', 'first')
    const second = await run(`http://127.0.0.1:${port}`, home, 'flush', 'second')
    for (const { stdout } of [first, second]) expect((JSON.parse(stdout) as { took: number }).took).toBeLessThan(20_000)
    const receiver = await startReceiver(port)
    try {
      await run(receiver.url, home, 'shutdown', 'third')
      const names = ['first', 'second', 'third']
      expect(arrived(receiver)).toEqual({ logs: names, spans: names, points: 3 })
      expect(receiver.logs.map(({ resource, body }) => resource.service === body)).toEqual([true, true, true])
    } finally {
      await receiver.close()
    }
  })

  test('end in time when the collector never answers', async () => {
    const silent = createServer(() => {})
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    for (const way of ['shutdown', 'flush']) {
      const { code, stdout } = await run(url, temporaryHome(), way)
      expect(code).toBe(0)
      expect((JSON.parse(stdout) as { took: number }).took).toBeLessThan(20_000)
    }
    silent.close()
  })

  test.each(['natural', 'sigterm'])(
    'work beside init(), which has nothing to tell then, to the end by %s',
    async (way) => {
      const receiver = await receiverOfTest()
      const { stderr } = await runProgram('test/fixtures/plugins/beside.mjs', [way], {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        CLEW_HOME: temporaryHome(),
      })
      expect(stderr).toBe('')
      expect(arrived(receiver)).toEqual({ logs: ['by clew', 'by the API'], spans: ['work'], points: 0 })
      const [span] = receiver.spans
      expect(receiver.logs.map(({ spanId }) => spanId)).toEqual([span?.spanId, span?.spanId])
      expect(receiver.logs.map(({ attributes }) => attributes['clew.tenant.id']).toSorted()).toEqual([
        'acme',
        undefined,
      ])
    },
  )

  test('say so when there is nowhere to send to, and nothing where that was asked for', async () => {
    const quiet = await runProgram(NODE_SDK, [], { OTEL_SDK_DISABLED: 'true', CLEW_HOME: temporaryHome() })
    expect([quiet.code, quiet.stderr]).toEqual([0, ''])
    const noted = await runProgram(NODE_SDK, [], { NODE_ENV: 'production', CLEW_HOME: temporaryHome() })
    expect([noted.code, noted.stderr]).toEqual([
      0,
      expect.stringMatching(/^clew: nothing is sent .* \[no_endpoint\]\n$/),
    ])
  })

  test('work again for the next SDK in the same process', async () => {
    const receiver = await receiverOfTest()
    const { stderr } = await run(receiver.url, temporaryHome(), 'shutdown', 'start', '3')
    expect(stderr).toBe('')
    const names = ['start 1', 'start 2', 'start 3']
    expect(arrived(receiver)).toEqual({ logs: names, spans: names, points: 3 })
    expect(receiver.logs.map(({ resource }) => resource.service).toSorted()).toEqual(['start', 'start 2', 'start 3'])
  })
})

describe('createProcessors()', () => {
  test('makes what the providers of the official SDK take, and each part once', async () => {
    const processors = createProcessors({ otlp: false })
    const { logRecordProcessor, spanProcessor, metricReader } = processors
    expect([processors.logRecordProcessor, processors.spanProcessor]).toEqual([logRecordProcessor, spanProcessor])
    expect(processors.metricReader).toBe(metricReader)
    await Promise.all([
      new LoggerProvider({ processors: [logRecordProcessor] }).shutdown(),
      new TracerProvider({ spanProcessors: [spanProcessor] }).shutdown(),
      new MeterProvider({ readers: [metricReader] }).shutdown(),
    ])
  })

  test('refuses a wrong option as init() does', () => {
    expect(() => createProcessors({ otlp: { endpoint: 'nowhere' } })).toThrow(/an http:\/\/ or https:\/\/ URL/)
  })
})
