import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepWithin } from '../../src/delivery/disk-limit.ts'
import {
  createOwner,
  LANES,
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
let lanes: ReadonlyMap<LaneName, { readonly segments: SegmentQueue }>

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clew-limit-'))
  const damage = { unreadable: () => {}, changed: () => {}, torn: () => {} }
  lanes = new Map(LANES.map((lane) => [lane, { segments: new SegmentQueue(damage) }]))
  const sink = new SegmentWriter({
    directory,
    owner: createOwner(),
    meta: Buffer.from('meta'),
    opened: (lane, path) => lanes.get(lane)?.segments.add(path),
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

const mebibytes = (lane: LaneName): number => Math.round((lanes.get(lane)?.segments.byteLength ?? 0) / MEBIBYTE)

test('the oldest complete segments of the least lane go first, then those of the next, and audit stays', () => {
  for (const lane of ['log', 'trace', 'audit'] as const) fill(lane)
  expect(keepWithin(36.5 * MEBIBYTE, lanes)).toBe(0)
  expect(keepWithin(29 * MEBIBYTE, lanes)).toBe(8)
  expect([mebibytes('trace'), mebibytes('log'), mebibytes('audit')]).toEqual([4, 12, 12])
  expect(keepWithin(1, lanes)).toBe(8)
  expect([mebibytes('trace'), mebibytes('log'), mebibytes('audit')]).toEqual([4, 4, 12])
})

test('a batch whose segment was given up is not held any more, and what was delivered of it is not counted', () => {
  fill('trace')
  const segments = lanes.get('trace')?.segments as SegmentQueue
  segments.commit(segments.read(1) as Batch)
  const batch = segments.read(1) as Batch
  expect(segments.holds(batch)).toBe(true)
  expect(keepWithin(9 * MEBIBYTE, lanes)).toBe(3)
  expect(segments.holds(batch)).toBe(false)
  segments.commit(batch)
  expect(segments.read(1)?.count).toBe(1)
})
