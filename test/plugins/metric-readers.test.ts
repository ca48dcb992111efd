import { metrics } from '@opentelemetry/api'
import {
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'
import { expect, test } from 'vitest'
import { startClew } from './support.ts'

const count = (): void =>
  metrics.getMeter('shop').createCounter('orders').add(2, { region: 'eu', password: 'hunter2', at: 'u://x:p4ss@h' })

test("a user's reader collects the same metrics as clew, without secrets, and knows the program", async () => {
  const exporter = new InMemoryMetricExporter(1)
  const { clew, receiver } = await startClew({ metricReaders: [new PeriodicExportingMetricReader({ exporter })] })
  count()
  expect(await clew.flush()).toBe(true)
  const [collected] = exporter.getMetrics()
  expect(collected?.resource.attributes).toMatchObject({ 'service.name': 'test', 'telemetry.sdk.name': 'clew' })
  expect(collected?.scopeMetrics[0]?.metrics[0]?.dataPoints).toMatchObject([
    { value: 2, attributes: { region: 'eu', password: '[REDACTED]', at: 'u://[REDACTED]@h' } },
  ])
  expect(receiver.dataPoints).toBe(1)
})

test("a user's reader works where clew sends no metrics itself", async () => {
  const exporter = new InMemoryMetricExporter(1)
  const { clew } = await startClew({ otlp: false, metricReaders: [new PeriodicExportingMetricReader({ exporter })] })
  count()
  await clew.shutdown()
  expect(exporter.getMetrics()).toHaveLength(1)
})

test("a user's reader that never ends does not keep clew's own metrics from going out", async () => {
  const stuck: PushMetricExporter = {
    export: () => {},
    forceFlush: () => new Promise(() => {}),
    shutdown: () => new Promise(() => {}),
  }
  const { clew, receiver } = await startClew({
    metricReaders: [new PeriodicExportingMetricReader({ exporter: stuck })],
    shutdownTimeoutMillis: 500,
  })
  count()
  expect(await clew.flush(3_000)).toBe(false)
  expect(receiver.dataPoints).toBe(1)
})
