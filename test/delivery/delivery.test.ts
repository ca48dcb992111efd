import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TelemetryRoad } from '../../src/telemetry-road.ts'
import { getLogger, pipeline } from '../../src/logging/index.ts'
import { createOtlpOutput } from '../../src/outputs/index.ts'
import { createEncoding } from '../support/encoding.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { numbers, openRoad, say } from '../support/road.ts'
import { until } from '../support/until.ts'

let receiver: OtlpReceiver
let directory: string
let road: TelemetryRoad

beforeEach(async () => {
  receiver = await startReceiver()
  directory = await mkdtemp(join(tmpdir(), 'clew-road-'))
  road = openRoad(receiver.url, directory)
})
afterEach(async () => {
  road.exit(1_000)
  await receiver.close()
  await rm(directory, { recursive: true, force: true })
})

const arrived = (): unknown[] => receiver.logs.map((entry) => entry.body)

test('what was said arrives whole and in order, with the headers that were set', async () => {
  let headers: unknown
  receiver.answer = (request) => {
    headers = request.headers
    return { status: 200 }
  }
  say(road, 5_000)
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(arrived()).toEqual(numbers(5_000))
  expect(headers).toMatchObject({ 'x-key': 'k', 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' })
  expect(road.status()).toMatchObject({ said: 5_000, delivered: { logs: 5_000 } })
})

test.each([503, 429, 502, 504])('after an answer of %i it is sent again until it arrives, once', async (status) => {
  let refusals = 3
  receiver.answer = () => ({ status: refusals-- > 0 ? status : 200 })
  say(road, 100)
  expect(await road.flush(false, 10_000)).toBe(true)
  expect(arrived()).toEqual(numbers(100))
  expect(road.status().retries).toBeGreaterThanOrEqual(3)
})

test('Retry-After is waited for', async () => {
  const times: number[] = []
  receiver.answer = () => {
    times.push(performance.now())
    return times.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 200 }
  }
  say(road, 1)
  expect(await road.flush(false, 5_000)).toBe(true)
  expect((times[1] as number) - (times[0] as number)).toBeGreaterThan(900)
})

test('what the receiver refuses for good is counted, and the rest goes on', async () => {
  receiver.answer = () => ({ status: 400 })
  say(road, 10)
  expect(await road.flush(false, 5_000)).toBe(true)
  receiver.answer = () => ({ status: 200 })
  say(road, 5, { first: 100 })
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(arrived()).toEqual([100, 101, 102, 103, 104])
  expect(road.status()).toMatchObject({ delivered: { logs: 5 }, dropped: { refused: 10 } })
})

test('what a receiver refuses is found in its batch, and the rest arrives', async () => {
  const refused = (body: Buffer): boolean => body.includes('poison')
  receiver.answer = (_request, body) => ({ status: refused(body) ? 400 : 200 })
  say(road, 500)
  say(road, 1, { first: 500, text: 'poison' })
  say(road, 500, { first: 501 })
  expect(await road.flush(false, 10_000)).toBe(true)
  expect(arrived()).toEqual(numbers(1_001).filter((n) => n !== 500))
  expect(road.status()).toMatchObject({ delivered: { logs: 1_000 }, dropped: { refused: 1 } })
})

test('a request that is too large goes out in smaller ones, in order', async () => {
  receiver.answer = (_request, body) => ({ status: body.length > 20_000 ? 413 : 200 })
  say(road, 1_000)
  expect(await road.flush(false, 10_000)).toBe(true)
  expect(arrived()).toEqual(numbers(1_000))
  expect(road.status()).toMatchObject({ delivered: { logs: 1_000 }, dropped: { refused: 0 } })
})

test('a receiver that is down for a while loses nothing', async () => {
  const port = Number(new URL(receiver.url).port)
  await receiver.close()
  say(road, 2_000)
  expect(await road.flush(true, 5_000)).toBe(false)
  say(road, 2_000, { first: 2_000 })
  receiver = await startReceiver(port)
  await until('all records', () => receiver.logs.length >= 4_000)
  expect(arrived()).toEqual(numbers(4_000))
})

test('a receiver that does not answer is given up on after the timeout, and tried again', async () => {
  const port = Number(new URL(receiver.url).port)
  await receiver.close()
  const sockets: Socket[] = []
  const silent = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve))
  say(road, 10)
  expect(await road.flush(true, 5_000)).toBe(false)
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => silent.close(resolve))
  receiver = await startReceiver(port)
  await until('all records', () => receiver.logs.length >= 10)
  expect(arrived()).toEqual(numbers(10))
})

test('WARNING and above do not wait behind the rest', async () => {
  say(road, 20_000)
  say(road, 1, { first: 90_000, severityNumber: 17 })
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(arrived().indexOf(90_000)).toBeLessThan(20_000)
})

test('a second flush waits for the first and both see everything arrive', async () => {
  say(road, 100)
  const first = road.flush(false, 5_000)
  say(road, 100, { first: 100 })
  const both = await Promise.all([first, road.flush(false, 5_000)])
  expect(both).toEqual([true, true])
  expect(arrived()).toEqual(numbers(200))
})

test('a value that logs while it is encoded harms neither record', async () => {
  const seen: string[] = []
  const logger = getLogger('reentrant')
  const encoding = createEncoding()
  const output = createOtlpOutput(road.spool, encoding)
  const failed = (_output: string, error: unknown): void => void seen.push(String(error))
  pipeline.components.setLevels({ threshold: 0, components: {} })
  pipeline.start({ outputs: [output, output], encoding, failed })
  const value = { toJSON: () => (logger.info('inner', { n: 1 }), 'value') }
  logger.child({ bound: value }).info('outer', { value, after: 'x' })
  pipeline.stop()
  await Promise.resolve()
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(seen).toEqual([])
  const outer = receiver.logs.filter((entry) => entry.body === 'outer')
  expect(outer.map((entry) => entry.attributes)).toEqual(
    outer.map(() => ({ bound: 'value', value: 'value', after: 'x', 'log.record.uid': expect.any(String) })),
  )
  expect(outer).toHaveLength(2)
  expect(new Set(outer.map((entry) => entry.attributes['log.record.uid'])).size).toBe(1)
  const inner = receiver.logs.filter((entry) => entry.body === 'inner')
  expect(inner).toHaveLength(6)
  expect(new Set(inner.map((entry) => entry.attributes['log.record.uid'])).size).toBe(3)
})

test('delivered segments are gone and nothing else is left', async () => {
  say(road, 10)
  await road.flush(false, 5_000)
  road.exit(2_000)
  expect(await readdir(directory)).toEqual([])
})

test('without a disk entries go through memory', async () => {
  road.exit(1_000)
  road = openRoad(receiver.url, undefined)
  say(road, 5_000)
  expect(await road.flush(false, 5_000)).toBe(true)
  expect(arrived()).toEqual(numbers(5_000))
})
