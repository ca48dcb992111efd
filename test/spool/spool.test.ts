import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ByteWriter } from '../../src/otlp/index.ts'
import {
  adoptSegments,
  createOwner,
  MemoryQueue,
  renewLease,
  SegmentQueue,
  SegmentWriter,
  Spool,
  type Batch,
  type BatchSource,
} from '../../src/spool/index.ts'

const META = Buffer.from('the resource')
const ORDERS = { bytes: Buffer.from('orders') }
const USERS = { bytes: Buffer.from('users') }
const encode = (writer: ByteWriter, text: string): void => writer.bytes(Buffer.from(text))

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-spool-'))
  damaged = []
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

let damaged: string[]
const damage = {
  unreadable: (_path: string, error: unknown) => damaged.push(String(error)),
  changed: (_path: string, count: number) => damaged.push(`changed: ${count}`),
  torn: (_path: string, bytes: number) => damaged.push(`torn: ${bytes}`),
}

interface Writing {
  readonly spool: Spool
  readonly queue: SegmentQueue
  readonly owner: string
}

function startWriting(): Writing {
  const owner = createOwner()
  const queue = new SegmentQueue(damage)
  const sink = new SegmentWriter({
    directory,
    owner,
    meta: META,
    opened: (_lane, path) => queue.add(path),
    failed: (_lane, _block, _count, error) => {
      throw error
    },
  })
  return { spool: new Spool(sink, { writeDelayMillis: 5 }), queue, owner }
}

const say = (spool: Spool, text: string, group = ORDERS): void => spool.append('log', group, text, encode, false)
const texts = (batch: Batch | undefined): Record<string, string[]> =>
  Object.fromEntries((batch?.groups ?? []).map(({ group, entries }) => [String(group), entries.map(String)]))

function readAll(source: BatchSource, maxBytes = 1_000_000): string[] {
  const all: string[] = []
  for (;;) {
    const batch = source.read(maxBytes)
    if (batch === undefined) return all
    all.push(...batch.groups.flatMap(({ entries }) => entries.map(String)))
    source.commit(batch)
  }
}

const isSegment = (file: string): boolean => file.endsWith('.seg')
const paths = (): string[] =>
  readdirSync(directory)
    .filter(isSegment)
    .map((file) => join(directory, file))
const onlyPath = (): string => paths()[0] as string
/** As if the writer were a process that is gone: pid 2^22 is above Linux's highest. */
function orphan(path: string, owner: string): string {
  const gone = path.replaceAll(owner, owner.replace(/_\d+_/, '_4194305_'))
  writeFileSync(gone, readFileSync(path))
  rmSync(path)
  return gone
}

describe('the spool', () => {
  test('gives back what was appended, by group, in order, with its meta', () => {
    const { spool, queue } = startWriting()
    say(spool, 'a')
    say(spool, 'x', USERS)
    say(spool, 'b')
    spool.seal()
    const batch = queue.read(1_000_000)
    expect(batch?.count).toBe(3)
    expect(String(batch?.meta)).toBe('the resource')
    expect(texts(batch)).toEqual({ orders: ['a', 'b'], users: ['x'] })
  })

  test('answers the same batch until it is committed', () => {
    const { spool, queue } = startWriting()
    say(spool, 'a')
    spool.seal()
    expect(texts(queue.read(1_000))).toEqual({ orders: ['a'] })
    say(spool, 'b')
    spool.seal()
    const batch = queue.read(1_000) as Batch
    expect(texts(batch)).toEqual({ orders: ['a'] })
    queue.commit(batch)
    expect(texts(queue.read(1_000))).toEqual({ orders: ['b'] })
  })

  test('writes an urgent entry at once and the others within the write delay', async () => {
    const { spool, queue } = startWriting()
    spool.append('log', ORDERS, 'urgent', encode, true)
    expect(readAll(queue)).toEqual(['urgent'])
    say(spool, 'soon')
    await expect.poll(() => readAll(queue)).toEqual(['soon'])
  })

  test('keeps order over many segments and deletes each once it was delivered', () => {
    const { spool, queue } = startWriting()
    const large = 'x'.repeat(1_000_000)
    for (let i = 0; i < 10; i++) say(spool, `${i} ${large}`)
    spool.seal()
    expect(paths().length).toBeGreaterThan(1)
    expect(readAll(queue, 100_000).map((text) => text[0])).toEqual([...'0123456789'])
    expect(paths()).toHaveLength(1)
  })

  test('takes back an entry whose encoding failed', () => {
    const { spool, queue } = startWriting()
    const failing = (writer: ByteWriter): void => {
      writer.bytes(Buffer.from('half'))
      throw new Error('no')
    }
    expect(() => spool.append('log', USERS, '', failing, false)).toThrow('no')
    say(spool, 'a')
    spool.seal()
    expect(readAll(queue)).toEqual(['a'])
  })

  test('keeps its files from other users', () => {
    const { spool } = startWriting()
    spool.append('log', ORDERS, 'a', encode, true)
    expect(statSync(onlyPath()).mode & 0o777).toBe(0o600)
  })
})

describe('after a process was killed', () => {
  test('the next one takes its segments over, with their meta, from where delivery was', () => {
    const { spool, queue, owner } = startWriting()
    say(spool, 'delivered')
    spool.seal()
    queue.commit(queue.read(1) as Batch)
    say(spool, 'left')
    spool.seal()
    orphan(onlyPath(), owner)
    const next = createOwner()
    const heir = new SegmentQueue(damage)
    for (const { path } of adoptSegments(directory, next)) heir.adopt(path)
    const batch = heir.read(1_000)
    expect(texts(batch)).toEqual({ orders: ['left'] })
    expect(String(batch?.meta)).toBe('the resource')
    expect(adoptSegments(directory, createOwner())).toEqual([])
  })

  test('a torn last block is left out and what is before it is kept', () => {
    const { spool, owner } = startWriting()
    say(spool, 'whole')
    spool.seal()
    const whole = statSync(onlyPath()).size
    say(spool, 'torn')
    spool.seal()
    truncateSync(onlyPath(), whole + 30)
    const queue = new SegmentQueue(damage)
    queue.adopt(orphan(onlyPath(), owner))
    expect(readAll(queue)).toEqual(['whole'])
    expect(damaged).toEqual(['torn: 30'])
    expect(readdirSync(directory).filter(isSegment)).toEqual([])
  })

  test('a block whose bytes changed is left out', () => {
    const { spool, owner } = startWriting()
    say(spool, 'changed')
    spool.seal()
    say(spool, 'kept')
    spool.seal()
    const path = orphan(onlyPath(), owner)
    writeFileSync(path, readFileSync(path, 'latin1').replace('changed', 'chAnged'), 'latin1')
    const queue = new SegmentQueue(damage)
    queue.add(path)
    expect(readAll(queue)).toEqual(['kept'])
    expect(readAll(queue)).toEqual([])
    expect(damaged).toEqual(['changed: 1'])
  })

  test('a file that is no segment is left where it is, and said', () => {
    const path = join(directory, 'other.seg')
    appendFileSync(path, 'not ours at all, whatever it is called')
    const queue = new SegmentQueue(damage)
    queue.add(path)
    expect(readAll(queue)).toEqual([])
    expect(damaged).toEqual([`Error: ${path} is not a segment of a clew spool`])
    expect(paths()).toEqual([path])
  })

  test('nothing but damage is looked at once, and said once', () => {
    const { spool, owner } = startWriting()
    say(spool, 'changed')
    spool.seal()
    const path = orphan(onlyPath(), owner)
    writeFileSync(path, readFileSync(path, 'latin1').replace('changed', 'chAnged'), 'latin1')
    const queue = new SegmentQueue(damage)
    queue.add(path)
    expect([readAll(queue), readAll(queue)]).toEqual([[], []])
    expect(damaged).toEqual(['changed: 1'])
  })

  test('a segment from another host is taken over once its lease has run out', () => {
    const { spool, owner } = startWriting()
    spool.append('log', ORDERS, 'from the old pod', encode, true)
    const foreign = owner.replace(/^[^_]+_/, 'oldpod-1_')
    renameSync(onlyPath(), onlyPath().replaceAll(owner, foreign))
    const self = createOwner()
    renewLease(directory, self)
    renewLease(directory, foreign)
    expect(adoptSegments(directory, self)).toEqual([])
    const past = new Date(Date.now() - 120_000)
    utimesSync(join(directory, `${foreign}.lease`), past, past)
    expect(adoptSegments(directory, self).map(({ lane }) => lane)).toEqual(['log'])
    expect(readdirSync(directory)).not.toContain(`${foreign}.lease`)
  })

  test('segments of a living process are left alone', () => {
    const { spool } = startWriting()
    spool.append('log', ORDERS, 'mine', encode, true)
    expect(adoptSegments(directory, createOwner())).toEqual([])
  })
})

test('the memory queue lets the oldest go when room runs out, and counts them', () => {
  let dropped = 0
  const queue = new MemoryQueue(META, 5_000, (count) => (dropped += count))
  const spool = new Spool({ write: (_lane, block) => (queue.add(Buffer.from(block)), true) }, { writeDelayMillis: 5 })
  for (let i = 0; i < 10; i++) spool.append('log', ORDERS, `${i}${'x'.repeat(990)}`, encode, true)
  expect(dropped).toBe(6)
  expect(readAll(queue).map((text) => text[0])).toEqual([...'6789'])
})

test('a full disk costs no descriptor for each try, and is tried again', async () => {
  const failures: string[] = []
  const owner = createOwner()
  const opened: string[] = []
  const sink = new SegmentWriter({
    directory,
    owner,
    meta: Buffer.alloc(100),
    opened: (_lane, path) => opened.push(path),
    failed: (_lane, _block, _count, error) => (failures.push((error as NodeJS.ErrnoException).code ?? ''), true),
  })
  const spool = new Spool(sink, { writeDelayMillis: 5 })
  rmSync(directory, { recursive: true })
  for (let i = 0; i < 100; i++) spool.append('log', ORDERS, 'nowhere to go', encode, true)
  expect(failures).toHaveLength(100)
  mkdirSync(directory)
  await expect
    .poll(() => (spool.append('log', ORDERS, 'again', encode, true), opened.length), { timeout: 5_000 })
    .toBe(1)
})
