import type { Histogram, MetricData } from '@opentelemetry/sdk-metrics'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { RuntimeMetrics } from '../../src/diagnostics/index.ts'
import { until } from '../support/until.ts'

let runtime: RuntimeMetrics
afterEach(() => runtime.stop())

const find = (metrics: readonly MetricData[], name: string): MetricData | undefined =>
  metrics.find(({ descriptor }) => descriptor.name === name)
const values = (metrics: readonly MetricData[], name: string): Record<string, number> =>
  Object.fromEntries(
    (find(metrics, name)?.dataPoints ?? []).map(({ attributes, value }) => [
      Object.values(attributes).join(),
      value as number,
    ]),
  )

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

function beBusy(millis: number): void {
  const end = performance.now() + millis
  while (performance.now() < end);
}

/** Lets the event loop run for a while: what is asked for too often has nothing to tell yet. */
async function turns(millis: number): Promise<void> {
  const end = performance.now() + millis
  await until('some time', () => performance.now() > end)
}

test('what the process uses is told by kind, in the units of the conventions', async () => {
  runtime = new RuntimeMetrics()
  const before = runtime.collect()
  await turns(100)
  beBusy(200)
  collectGarbage()
  await turns(100)
  const after = runtime.collect()

  const grown = (name: string, kind: string): number =>
    (values(after, name)[kind] ?? 0) - (values(before, name)[kind] ?? 0)
  const cpu = grown('process.cpu.time', 'user') + grown('process.cpu.time', 'system')
  // Busy for 0.2 s by the clock, which on a busy machine is less by the processor.
  expect(cpu).toBeGreaterThan(0.01)
  expect(cpu).toBeLessThan(10)
  expect(values(after, 'nodejs.eventloop.delay.max')['']).toBeGreaterThan(0.1)
  expect(values(after, 'nodejs.eventloop.delay.min')['']).toBeLessThan(0.1)
  expect(grown('nodejs.eventloop.time', 'active')).toBeGreaterThan(0.1)
  expect(values(after, 'process.memory.usage')['']).toBeGreaterThan(10_000_000)
  expect(values(after, 'process.uptime')['']).toBeCloseTo(process.uptime(), 0)
  expect(Object.keys(values(after, 'v8js.memory.heap.used'))).toContain('old_space')
  expect(values(after, 'v8js.memory.heap.limit')['']).toBeGreaterThan(10_000_000)
})

test('garbage collections are counted by type, with how long they took', async () => {
  runtime = new RuntimeMetrics()
  const majors = (): Histogram | undefined =>
    find(runtime.collect(), 'v8js.gc.duration')?.dataPoints.find(
      ({ attributes }) => attributes['v8js.gc.type'] === 'major',
    )?.value as Histogram | undefined
  const before = majors()?.count ?? 0
  for (let n = 0; n < 3; n++) collectGarbage()
  await until('the collections to be told', () => (majors()?.count ?? 0) >= before + 3)
  const { count, sum, min = 0, max, buckets } = majors() as Histogram
  expect(buckets.boundaries).toEqual([0.01, 0.1, 1, 10])
  expect(buckets.counts.reduce((all, one) => all + one)).toBe(count)
  expect(sum).toBeGreaterThan(0)
  expect(min).toBeGreaterThan(0)
  expect(max).toBeLessThan(10)
})
