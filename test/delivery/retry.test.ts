import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TelemetryRoad } from '../../src/telemetry-road.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { openRoad, say } from '../support/road.ts'
import { until } from '../support/until.ts'

let receiver: OtlpReceiver
let directory: string
let road: TelemetryRoad
beforeEach(async () => {
  receiver = await startReceiver()
  directory = await mkdtemp(join(tmpdir(), 'clew-retry-'))
  road = openRoad(receiver.url, directory)
})
afterEach(async () => {
  road.exit(1_000)
  await receiver.close()
  await rm(directory, { recursive: true, force: true })
})

/** A receiver that asks to be left alone for longer than a test takes. */
async function askForPeace(): Promise<void> {
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '30' } })
  say(road, 1)
  await until('the first request', () => receiver.requests === 1)
  await until('its answer', () => road.status().retries === 1)
}

test('a receiver that asks to be left alone is, however often a flush is tried', async () => {
  await askForPeace()
  for (let i = 0; i < 20; i++) expect(await road.flush(false, 20)).toBe(false)
  expect(receiver.requests).toBe(1)
})

test('a receiver that asks to be left alone gets one last request at the end, and no more', async () => {
  await askForPeace()
  for (let i = 0; i < 5; i++) expect(await road.flush(true, 2_000)).toBe(false)
  expect(receiver.requests).toBe(2)
  receiver.answer = () => ({ status: 200 })
  road.exit(1_000)
  expect(receiver.requests).toBe(2)
})

test('the last request may succeed', async () => {
  await askForPeace()
  receiver.answer = () => ({ status: 200 })
  expect(await road.flush(true, 2_000)).toBe(true)
  expect(receiver.logs.map(({ body }) => body)).toEqual([0])
})

test('many flushes in an outage do not make many requests', async () => {
  receiver.answer = () => ({ status: 503 })
  say(road, 1)
  const start = performance.now()
  for (let i = 0; i < 40; i++) expect(await road.flush(false, 25)).toBe(false)
  expect(receiver.requests).toBeLessThanOrEqual(Math.ceil((performance.now() - start) / 250) + 1)
})

test('a flush in an outage arrives soon after it is over, long before the next try would be', async () => {
  receiver.answer = () => ({ status: 503 })
  say(road, 1)
  // From the fifth failure on tries are 2 to 5 s apart.
  await until('an outage', () => road.status().retries >= 5)
  receiver.answer = () => ({ status: 200 })
  const start = performance.now()
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(performance.now() - start).toBeLessThan(1_900)
})

test('a flush ends at its deadline and leaves nothing behind', async () => {
  await askForPeace()
  const start = performance.now()
  expect(await road.flush(false, 100)).toBe(false)
  expect(performance.now() - start).toBeLessThan(4_000)
})

test('the end does not wait for a retry that sleeps', async () => {
  await askForPeace()
  await road.flush(true, 1_000)
  const start = performance.now()
  road.exit(5_000)
  expect(performance.now() - start).toBeLessThan(4_000)
  expect(road.status().waiting.spool.entries).toBe(1)
})
