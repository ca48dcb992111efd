import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ByteWriter } from '../../src/otlp/index.ts'
import {
  adoptSegments,
  createOwner,
  LANES,
  MemoryQueue,
  renewLease,
  SegmentQueue,
  SegmentWriter,
  Spool,
  type Batch,
} from '../../src/spool/index.ts'
import { META, ORDERS, orphan, readAll, segmentsIn, textsOf, USERS, writeLane } from '../support/spool.ts'

const ALL = new Set(LANES)
const encode = (writer: ByteWriter, text: string): void => writer.bytes(Buffer.from(text))

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-spool-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const noDamage = (path: string): never => {
  throw new Error(`damage in ${path}`)
}

const say = (spool: Spool, text: string, group = ORDERS): void => spool.append('log', group, text, encode, false)
const onlyPath = (): string => segmentsIn(directory)[0] as string

describe('the spool', () => {
  test('gives back what was appended, by group, in order, with its meta', () => {
    const { spool, queue } = writeLane(directory, noDamage)
    say(spool, 'a')
    say(spool, 'x', USERS)
    say(spool, 'b')
    spool.seal()
    const batch = queue.read(1_000_000)
    expect(batch?.count).toBe(3)
    expect(String(batch?.meta)).toBe('the resource')
    expect(textsOf(batch)).toEqual({ orders: ['a', 'b'], users: ['x'] })
  })

  test('keeps a block as it is while it is written, also where writing makes an entry', () => {
    const written: string[] = []
    const spool: Spool = new Spool(
      {
        write(_lane, block) {
          const before = Buffer.from(block)
          if (written.length === 0) say(spool, 'said while it is written')
          written.push(before.equals(block) ? 'whole' : 'changed')
          return true
        },
      },
      { writeDelayMillis: 10_000 },
    )
    say(spool, 'a')
    spool.seal()
    expect([written, spool.unsealed, spool.appended]).toEqual([['whole'], 1, 2])
    spool.seal()
    expect([written, spool.unsealed]).toEqual([['whole', 'whole'], 0])
  })

  test.each([
    ['the process ends', false],
    ['entries are urgent', true],
  ])('comes to an end where each write makes an entry and %s, and counts what it leaves out', (_case, urgent) => {
    const written: number[] = []
    const leftOut: string[] = []
    const entry = (text: string): void => spool.append('log', ORDERS, text, encode, urgent)
    const spool: Spool = new Spool(
      {
        write(_lane, _block, count) {
          written.push(count)
          entry('said while it is written')
          return true
        },
        leftOut: (lane) => void leftOut.push(lane),
      },
      { writeDelayMillis: 10_000 },
    )
    entry('a')
    expect(written).toEqual(urgent ? [1, 1] : [])
    written.length = 0
    spool.writeThrough()
    expect([written, leftOut, spool.unsealed, spool.appended]).toEqual([[1, 1], ['log'], 0, urgent ? 5 : 3])
    entry('b')
    expect([written.length, leftOut.length, spool.unsealed]).toEqual([4, 2, 0])
  })

  test('answers the same batch until it is committed', () => {
    const { spool, queue } = writeLane(directory, noDamage)
    say(spool, 'a')
    spool.seal()
    expect(textsOf(queue.read(1_000))).toEqual({ orders: ['a'] })
    say(spool, 'b')
    spool.seal()
    const batch = queue.read(1_000) as Batch
    expect(textsOf(batch)).toEqual({ orders: ['a'] })
    queue.commit(batch)
    expect(textsOf(queue.read(1_000))).toEqual({ orders: ['b'] })
  })

  test('writes an urgent entry at once and the others within the write delay', async () => {
    const { spool, queue } = writeLane(directory, noDamage)
    spool.append('log', ORDERS, 'urgent', encode, true)
    expect(readAll(queue)).toEqual(['urgent'])
    say(spool, 'soon')
    await expect.poll(() => readAll(queue)).toEqual(['soon'])
  })

  test('keeps order over many segments and deletes each once it was delivered', () => {
    const { spool, queue } = writeLane(directory, noDamage)
    const large = 'x'.repeat(1_000_000)
    for (let i = 0; i < 10; i++) say(spool, `${i} ${large}`)
    spool.seal()
    expect(segmentsIn(directory).length).toBeGreaterThan(1)
    expect(readAll(queue, 100_000).map((text) => text[0])).toEqual([...'0123456789'])
    expect(segmentsIn(directory)).toHaveLength(1)
  })

  test('takes back an entry whose encoding failed', () => {
    const { spool, queue } = writeLane(directory, noDamage)
    const failing = (writer: ByteWriter): void => {
      writer.bytes(Buffer.from('half'))
      throw new Error('no')
    }
    expect(() => spool.append('log', USERS, '', failing, false)).toThrow('no')
    say(spool, 'a')
    spool.seal()
    expect(readAll(queue)).toEqual(['a'])
  })

  test('keeps its directory and its files from other users', () => {
    const home = join(directory, 'not', 'there')
    const { say, owner } = writeLane(home, noDamage)
    say('a')
    const mode = (path: string): number => statSync(path).mode & 0o777
    expect([join(directory, 'not'), home].map(mode)).toEqual([0o700, 0o700])
    expect([segmentsIn(home)[0] as string, join(home, `${owner}.lease`)].map(mode)).toEqual([0o600, 0o600])
  })
})

describe('after a process was killed', () => {
  test('the next one takes its segments over, with their meta, from where delivery was', () => {
    const { spool, queue, owner } = writeLane(directory, noDamage)
    say(spool, 'delivered')
    spool.seal()
    queue.commit(queue.read(1) as Batch)
    say(spool, 'left')
    spool.seal()
    orphan(onlyPath(), owner)
    const next = createOwner()
    renewLease(directory, next)
    const heir = new SegmentQueue(noDamage)
    for (const { path } of adoptSegments(directory, next, ALL)) heir.adopt(path)
    const batch = heir.read(1_000)
    expect(textsOf(batch)).toEqual({ orders: ['left'] })
    expect(String(batch?.meta)).toBe('the resource')
    expect(adoptSegments(directory, createOwner(), ALL)).toEqual([])
  })

  test('a segment from another host is taken over once its lease has run out', () => {
    const { spool, owner } = writeLane(directory, noDamage)
    spool.append('log', ORDERS, 'from the old pod', encode, true)
    const foreign = owner.replace(/^[^_]+_/, 'oldpod-1_')
    renameSync(onlyPath(), onlyPath().replaceAll(owner, foreign))
    const self = createOwner()
    renewLease(directory, self)
    renewLease(directory, foreign)
    expect(adoptSegments(directory, self, ALL)).toEqual([])
    const past = new Date(Date.now() - 120_000)
    utimesSync(join(directory, `${foreign}.lease`), past, past)
    expect(adoptSegments(directory, self, ALL).map(({ lane }) => lane)).toEqual(['log'])
    expect(readdirSync(directory)).not.toContain(`${foreign}.lease`)
  })

  test('segments of a living process are left alone', () => {
    const { spool } = writeLane(directory, noDamage)
    spool.append('log', ORDERS, 'mine', encode, true)
    expect(adoptSegments(directory, createOwner(), ALL)).toEqual([])
  })
})

test('the memory queue lets the oldest go when it is told to, but not what is on its way', () => {
  const queue = new MemoryQueue(META)
  const spool = new Spool({ write: (_lane, block) => (queue.add(Buffer.from(block)), true) }, { writeDelayMillis: 5 })
  for (let i = 0; i < 4; i++) spool.append('log', ORDERS, `${i}${'x'.repeat(990)}`, encode, true)
  const batch = queue.read(1) as Batch
  expect([queue.dropOldest(), queue.dropOldest(), queue.dropOldest(), queue.dropOldest()]).toEqual([1, 1, 1, undefined])
  expect(batch.groups.flatMap(({ entries }) => entries.map((entry) => String(entry)[0]))).toEqual(['0'])
  queue.commit(batch)
  expect([queue.count, queue.byteLength, readAll(queue)]).toEqual([0, 0, []])
})

test('a full disk costs no descriptor for each try, and is tried again', async () => {
  const failures: string[] = []
  const opened: string[] = []
  const home = join(directory, 'spool')
  writeFileSync(home, 'a file where the directory should be')
  const sink = new SegmentWriter({
    directory: home,
    owner: createOwner(),
    meta: Buffer.alloc(100),
    maxBytes: 512 * 1024 * 1024,
    opened: (_lane, path) => opened.push(path),
    wrote: () => {},
    failed: (_lane, _block, _count, error) => (failures.push((error as NodeJS.ErrnoException).code ?? ''), true),
  })
  const spool = new Spool(sink, { writeDelayMillis: 5 })
  for (let i = 0; i < 100; i++) spool.append('log', ORDERS, 'nowhere to go', encode, true)
  expect(failures).toEqual(Array.from({ length: 100 }, () => 'EEXIST'))
  rmSync(home)
  await expect.poll(() => (spool.append('log', ORDERS, 'again', encode, true), opened.length)).toBe(1)
})
