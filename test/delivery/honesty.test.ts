import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Outage } from '../../src/delivery/index.ts'
import type { TelemetryRoad } from '../../src/telemetry-road.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { openRoad, say } from '../support/road.ts'
import { until } from '../support/until.ts'

let receiver: OtlpReceiver
let directory: string
let outages: Outage[]
let road: TelemetryRoad
const recovered = (outage: Outage): void => void outages.push(outage)
const NEVER = { maxBytes: 2 ** 40, maxAgeMillis: 2 ** 40, writeDelayMillis: 5 }

beforeEach(async () => {
  receiver = await startReceiver()
  directory = await mkdtemp(join(tmpdir(), 'clew-honesty-'))
  outages = []
  road = openRoad(receiver.url, directory, { recovered })
})
afterEach(async () => {
  road.exit(1_000)
  await receiver.close()
  await rm(directory, { recursive: true, force: true })
})

describe('status()', () => {
  test('before anything was said has nothing to tell', () => {
    expect(road.status()).toMatchObject({
      said: 0,
      waiting: { memory: { entries: 0, bytes: 0 }, spool: { entries: 0, bytes: 0 }, oldestMillis: undefined },
      lastError: undefined,
      thread: undefined,
      spool: directory,
    })
  })

  test('says what waits on disk, for how long, and why', async () => {
    receiver.answer = () => ({ status: 503 })
    say(road, 100)
    expect(road.status().waiting.memory.entries).toBe(100)
    await until('a failure', () => road.status().lastError !== undefined)
    say(road, 50, { first: 100 })
    road.spool.seal()
    const status = road.status()
    expect(status).toMatchObject({
      said: 150,
      waiting: { memory: { entries: 0 }, spool: { entries: 150 } },
      lastError: { message: `HTTP 503 at ${receiver.url}/v1/logs` },
      thread: 'worker',
    })
    expect(Math.abs((status.lastError?.timeMillis ?? 0) - Date.now())).toBeLessThan(10_000)
    await until('the bytes', () => road.status().waiting.spool.bytes > 10_000)
    await until('an age', () => (road.status().waiting.oldestMillis ?? 0) > 500)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(road.status().waiting).toMatchObject({ memory: { entries: 0, bytes: 0 }, spool: { entries: 0 } })
    expect(road.status().waiting.oldestMillis).toBeUndefined()
  })

  test('says what waits in memory', async () => {
    road.exit(1_000)
    road = openRoad(receiver.url, undefined)
    receiver.answer = () => ({ status: 503 })
    say(road, 100)
    road.spool.seal()
    await until('the bytes', () => road.status().waiting.memory.bytes > 5_000)
    expect(road.status()).toMatchObject({
      waiting: { memory: { entries: 100 }, spool: { entries: 0, bytes: 0 } },
      spool: undefined,
    })
    road.exit(1_000)
    expect(road.status()).toMatchObject({ waiting: { memory: { entries: 0 } }, dropped: { shutdown: 100 } })
  })

  test('counts entries that come too late', () => {
    road.exit(1_000)
    road.stop()
    say(road, 3)
    road.spool.seal()
    expect(road.status().dropped['shutdown']).toBe(3)
  })
})

describe('the bounds of the spool', () => {
  test('entries that waited too long are left out, and counted as that', async () => {
    road.exit(1_000)
    road = openRoad(receiver.url, directory, { recovered, spool: { ...NEVER, maxAgeMillis: 2_000 } })
    receiver.answer = () => ({ status: 503 })
    say(road, 100)
    await until('all are too old', () => road.status().dropped['expired'] === 100)
    expect(road.status().waiting.spool.entries).toBe(0)
    receiver.answer = () => ({ status: 200 })
    say(road, 3, { first: 100 })
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(receiver.logs.map(({ body }) => body)).toEqual([100, 101, 102])
    await until('the outage is told of', () => outages.length === 1)
    expect(outages[0]).toMatchObject({ dropped: { expired: 100 } })
  })

  test('entries beyond the size are left out, the oldest first, and counted as that', async () => {
    road.exit(1_000)
    road = openRoad(receiver.url, directory, { spool: { ...NEVER, maxBytes: 2 ** 20 } })
    receiver.answer = () => ({ status: 503 })
    for (let n = 0; n < 200; n++) {
      say(road, 10, { first: n * 10, text: 'x'.repeat(1_000) })
      road.spool.seal()
    }
    await until('the bound', () => (road.status().dropped['spool_full'] ?? 0) > 0)
    await until('what is left', () => road.status().waiting.spool.bytes <= 2 ** 20)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 10_000)).toBe(true)
    const dropped = road.status().dropped['spool_full'] as number
    const arrived = receiver.logs.map(({ body }) => body)
    expect(arrived).toEqual(Array.from({ length: 2_000 - dropped }, (_, index) => dropped + index))
    expect(dropped).toBeLessThan(1_300)
  })

  test('hold for all owners of a directory together, each of which keeps its share', async () => {
    road.exit(1_000)
    const spool = { ...NEVER, maxBytes: 2 ** 20 }
    road = openRoad(receiver.url, directory, { spool })
    const modest = openRoad(receiver.url, directory, { spool })
    try {
      receiver.answer = () => ({ status: 503 })
      say(modest, 100, { text: 'x'.repeat(1_000) })
      modest.spool.seal()
      for (let n = 0; n < 200; n++) {
        say(road, 10, { first: n * 10, text: 'x'.repeat(1_000) })
        road.spool.seal()
      }
      await until('both fit, with more than half for the one that says more', () => {
        const [own, others] = [road.status(), modest.status()].map(({ waiting }) => waiting.spool.bytes)
        return (own as number) > 2 ** 19 && (own as number) + (others as number) <= 2 ** 20
      })
      expect(road.status().dropped['spool_full']).toBeGreaterThan(0)
      expect(modest.status()).toMatchObject({ dropped: { spool_full: 0 }, waiting: { spool: { entries: 100 } } })
    } finally {
      modest.exit(1_000)
    }
  })
})

describe('an outage', () => {
  test('is told of once, when it is over, with what waited', async () => {
    receiver.answer = () => ({ status: 503 })
    say(road, 100)
    await until('an outage', () => road.status().retries >= 3)
    say(road, 1, { first: 100, severityNumber: 17 })
    await until('two lanes fail', () => road.status().retries >= 6)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 10_000)).toBe(true)
    await until('the outage is told of', () => outages.length > 0)
    expect(outages).toEqual([{ durationMillis: expect.any(Number), waited: 101, dropped: {} }])
    expect(outages[0]?.durationMillis).toBeGreaterThan(500)
  })

  test('in which one entry waited is not told of: the record about it would be told of in turn', async () => {
    receiver.answer = () => ({ status: 503 })
    say(road, 1)
    await until('an outage', () => road.status().retries >= 3)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(outages).toEqual([])
  })
})

describe('a disk that can not be written', () => {
  test('costs nothing while memory holds it, and is used again when it can', async () => {
    road.exit(1_000)
    const home = join(directory, 'spool')
    await writeFile(home, 'a file where the directory should be')
    road = openRoad(receiver.url, home)
    receiver.answer = () => ({ status: 503 })
    say(road, 100)
    road.spool.seal()
    expect(road.status()).toMatchObject({ spool: undefined, waiting: { memory: { entries: 100 } } })
    await rm(home)
    // What waited in memory goes to disk too.
    await until('all on disk', () => road.status().waiting.spool.entries === 100)
    say(road, 100, { first: 100 })
    road.spool.seal()
    expect(road.status()).toMatchObject({ spool: home, waiting: { memory: { entries: 0 }, spool: { entries: 200 } } })
    expect((await readdir(home)).filter((file) => file.endsWith('.seg'))).toHaveLength(2)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 10_000)).toBe(true)
    expect(receiver.logs.map(({ body }) => body)).toEqual(Array.from({ length: 200 }, (_, index) => index))
  })

  test('counts what had to go when memory is full', async () => {
    road.exit(1_000)
    road = openRoad(receiver.url, '/dev/null/no-place')
    receiver.answer = () => ({ status: 503 })
    const large = 'x'.repeat(30_000)
    for (let n = 0; n < 1_500; n++) say(road, 1, { first: n, text: large })
    road.spool.seal()
    await until('the bound', () => (road.status().dropped['memory_full'] ?? 0) > 0)
    await until('the rest', () => road.status().waiting.memory.bytes <= 32 * 2 ** 20)
    receiver.answer = () => ({ status: 200 })
    expect(await road.flush(false, 20_000)).toBe(true)
    const { dropped, delivered } = road.status()
    expect((dropped['memory_full'] ?? 0) + delivered.logs).toBe(1_500)
    expect(receiver.logs).toHaveLength(delivered.logs)
  })
})
