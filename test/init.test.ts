import { context, logs, metrics, trace, type TracerProvider, type TraceState } from '@opentelemetry/api'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
// The build: the metrics SDK is loaded by require(), which older Nodes can't do with TypeScript.
import { getLogger, init } from '../dist/src/index.js'
import { startReceiver } from './support/otlp-receiver.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true, force: true })
})

const options = (endpoint: string) => ({
  service: 'test',
  home,
  console: { enabled: false },
  otlp: { endpoint },
  http: false,
  websocket: false,
  redis: false,
})

describe('shutdown()', () => {
  test('takes no longer than it may, all steps together, when the collector never answers', async () => {
    const silent: Server = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const clew = init({ ...options(`http://127.0.0.1:${port}`), shutdownTimeoutMillis: 2_000 })
    metrics.getMeter('m').createObservableGauge('never').addCallback(() => new Promise(() => {})) // prettier-ignore
    getLogger('a').info('x')
    const started = performance.now()
    await clew.shutdown()
    expect(performance.now() - started).toBeLessThan(3_900)
    silent.close()
  })

  test('takes back only what is ours', async () => {
    const foreign: TracerProvider = { getTracer: () => trace.getTracer('noop') }
    trace.setGlobalTracerProvider(foreign)
    try {
      const clew = init({ ...options(''), otlp: false })
      await clew.shutdown()
      expect(trace.setGlobalTracerProvider(foreign)).toBe(false)
      expect(logs.getLogger('x').enabled()).toBe(false)
    } finally {
      trace.disable()
    }
  })
})

test('status() shows where telemetry goes, without credentials', async () => {
  const receiver = await startReceiver()
  const clew = init(options(receiver.url.replace('://', '://user:hunter2@')))
  expect(clew.status().endpoint).toBe(`${receiver.url.replace('://', '://[REDACTED]@')}/v1/logs`)
  await clew.shutdown()
  await receiver.close()
})

test('a span or a metric that can not be written throws nothing into the program', async () => {
  const receiver = await startReceiver()
  const clew = init(options(receiver.url))
  const serialize = (): never => {
    throw new Error('no')
  }
  const parent = trace.setSpanContext(context.active(), {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    traceState: { serialize } as unknown as TraceState,
  })
  const span = trace.getTracer('t').startSpan('broken', {}, parent)
  expect(() => span.end()).not.toThrow()
  trace.getTracer('t').startSpan('whole').end()
  await clew.shutdown()
  expect(receiver.spans.map(({ name }) => name)).toEqual(['whole'])
  await receiver.close()
})

test('only signals with an endpoint are recorded', async () => {
  const receiver = await startReceiver()
  vi.stubEnv('NODE_ENV', 'production')
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', `${receiver.url}/v1/traces`)
  const { otlp: _otlp, ...others } = options('')
  const clew = init(others)
  getLogger('a').info('not sent')
  metrics.getMeter('m').createCounter('not sent').add(1)
  trace.getTracer('t').startSpan('sent').end()
  await clew.shutdown()
  expect([receiver.logs.length, receiver.spans.length, receiver.dataPoints]).toEqual([0, 1, 0])
  expect(clew.status()).toMatchObject({ endpoint: `${receiver.url}/v1/traces`, delivery: { said: 1 } })
  await receiver.close()
})
