import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepWithin } from '../../src/delivery/room-limit.ts'
import {
  createOwner,
  LANES,
  LANES_TO_DROP,
  SegmentQueue,
  SegmentWriter,
  Spool,
  type Batch,
  type LaneName,
} from '../../src/spool/index.ts'

const GROUP = { bytes: Buffer.from('orders') }
const MEBIBYTE = 1024 * 1024
let directory: string
let spool: Spool
let lanes: ReadonlyMap<LaneName, SegmentQueue>
const written = new Map<LaneName, number>()
const writtenTo = (lane: LaneName): number => written.get(lane) ?? 0

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-limit-'))
  written.clear()
  lanes = new Map(
    LANES.map((lane) => [
      lane,
      new SegmentQueue(
        () => {},
        () => writtenTo(lane),
      ),
    ]),
  )
  const sink = new SegmentWriter({
    directory,
    owner: createOwner(),
    meta: Buffer.from('meta'),
    maxBytes: 512 * MEBIBYTE,
    opened: (lane, path) => lanes.get(lane)?.add(path, writtenTo(lane)),
    wrote: (lane, count) => written.set(lane, writtenTo(lane) + count),
    failed: (_lane, _block, _count, error) => {
      throw error
    },
  })
  spool = new Spool(sink, { writeDelayMillis: 5 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** Twelve entries of 1 MiB: three segments of four, the last of which may still grow. */
function fill(lane: LaneName): void {
  const payload = Buffer.alloc(MEBIBYTE)
  for (let i = 0; i < 12; i++) spool.append(lane, GROUP, payload, (writer, bytes) => writer.bytes(bytes), true)
}

const mebibytes = (lane: LaneName): number => Math.round((lanes.get(lane)?.byteLength ?? 0) / MEBIBYTE)

/** How many entries had to go for a bound. */
function dropped(maxBytes: number): number {
  let total = 0
  keepWithin(maxBytes, lanes, LANES_TO_DROP, (_lane, count) => (total += count))
  return total
}

test('the oldest complete segments of the least lane go first, then those of the next, and audit stays', () => {
  for (const lane of ['log', 'trace', 'audit'] as const) fill(lane)
  expect(dropped(36.5 * MEBIBYTE)).toBe(0)
  expect(dropped(29 * MEBIBYTE)).toBe(8)
  expect([mebibytes('trace'), mebibytes('log'), mebibytes('audit')]).toEqual([4, 12, 12])
  expect(dropped(1)).toBe(8)
  expect([mebibytes('trace'), mebibytes('log'), mebibytes('audit')]).toEqual([4, 4, 12])
})

test('a batch whose segment was given up is not held any more, and what was delivered of it is not counted', () => {
  fill('trace')
  const segments = lanes.get('trace') as SegmentQueue
  segments.commit(segments.read(1) as Batch)
  const batch = segments.read(1) as Batch
  expect(segments.holds(batch)).toBe(true)
  expect(dropped(9 * MEBIBYTE)).toBe(3)
  expect(segments.holds(batch)).toBe(false)
  segments.commit(batch)
  expect(segments.read(1)?.count).toBe(1)
})
