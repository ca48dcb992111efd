import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryQueue, monotonicMillis, oldestFirst, SegmentQueue, Spool, type Batch } from '../../src/spool/index.ts'
import { META, ORDERS, orphan, readAll, segmentsIn, writeLane } from '../support/spool.ts'

const YEAR = 365 * 24 * 3_600_000
const noDamage = (path: string): never => {
  throw new Error(`damage in ${path}`)
}

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-age-'))
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(directory, { recursive: true, force: true })
})

/** Time passes by the clock that nobody can set. */
async function pass(): Promise<number> {
  await delay(5)
  const now = monotonicMillis()
  await delay(5)
  return now
}

describe('what is too old', () => {
  test('is given up from the oldest on, also in a segment that still grows', async () => {
    const { say, queue } = writeLane(directory, noDamage)
    say('old')
    say('old too')
    const between = await pass()
    say('young')
    expect(queue.expire(between)).toBe(2)
    expect(queue.expire(between)).toBe(0)
    expect([queue.count, readAll(queue)]).toEqual([1, ['young']])
  })

  test('is given up though it is on its way, and counts without what was decided of it', async () => {
    const { say, queue } = writeLane(directory, noDamage)
    for (const text of ['delivered', 'old', 'old too']) say(text)
    const between = await pass()
    say('young')
    const batch = queue.read(1_000_000) as Batch
    queue.decide(batch, 1)
    expect(queue.expire(between)).toBe(2)
    expect(queue.holds(batch)).toBe(false)
    queue.commit(batch)
    expect([queue.count, readAll(queue)]).toEqual([1, ['young']])
  })

  test('goes with its whole segment when nothing young is in it', async () => {
    const { say, owner } = writeLane(directory, noDamage)
    say('old')
    const queue = new SegmentQueue(noDamage)
    queue.adopt(orphan(segmentsIn(directory)[0] as string, owner))
    expect(queue.expire(await pass())).toBe(1)
    expect([queue.count, readAll(queue), segmentsIn(directory)]).toEqual([0, [], []])
  })
})

describe('a clock that is set a year ahead, and back', () => {
  test('makes nothing older', () => {
    const { say, queue } = writeLane(directory, noDamage)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const now = Date.now()
    say('before')
    vi.setSystemTime(now + YEAR)
    say('in a year')
    expect(queue.expire(monotonicMillis() - 60_000)).toBe(0)
    vi.setSystemTime(now)
    say('back')
    expect(queue.expire(monotonicMillis() - 60_000)).toBe(0)
    expect(readAll(queue)).toEqual(['before', 'in a year', 'back'])
  })
})

test('the age of what another machine wrote counts from when it was found', async () => {
  const { say, owner } = writeLane(directory, noDamage)
  say('from elsewhere')
  const path = orphan(segmentsIn(directory)[0] as string, owner)
  const bytes = readFileSync(path)
  // Another clock, by which the entry is as old as this machine.
  bytes.writeBigUInt64LE(bytes.readBigUInt64LE(16) ^ 1n, 16)
  writeFileSync(path, bytes)
  const before = await pass()
  const queue = new SegmentQueue(noDamage)
  queue.adopt(path)
  expect(queue.expire(before)).toBe(0)
  expect(queue.oldestMillis).toBeGreaterThan(before)
  expect(queue.expire(await pass())).toBe(1)
})

describe('blocks on disk and in memory', () => {
  const encode = (writer: { bytes(bytes: Uint8Array): void }, text: string): void => writer.bytes(Buffer.from(text))

  test('go out in the order in which they were written, and neither waits for the other to be empty', async () => {
    const { say, queue } = writeLane(directory, noDamage)
    const memory = new MemoryQueue(META)
    const sink = { write: (_lane: unknown, block: Buffer) => (memory.add(Buffer.from(block)), true) }
    const spool = new Spool(sink, { writeDelayMillis: 5 })
    const sayInMemory = (text: string): void => spool.append('log', ORDERS, text, encode, true)
    const both = oldestFirst(queue, memory)
    for (const text of ['1', '2']) say(text)
    for (const text of ['3', '4']) sayInMemory(text)
    for (const text of ['5', '6']) say(text)
    sayInMemory('7')
    say('8')
    await delay(1)
    const first = both.read(1_000_000) as Batch
    expect(first.groups.flatMap(({ entries }) => entries.map(String))).toEqual(['1', '2'])
    expect(both.read(1_000_000)).toBe(first)
    both.commit(first)
    expect(readAll(both)).toEqual(['3', '4', '5', '6', '7', '8'])
    expect(both.headMillis).toBeUndefined()
  })
})
