import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteWriter } from '../../src/otlp/index.ts'
import {
  createOwner,
  SegmentQueue,
  SegmentWriter,
  Spool,
  type Batch,
  type BatchSource,
  type LaneName,
} from '../../src/spool/index.ts'

export const META = Buffer.from('the resource')
export const ORDERS = { bytes: Buffer.from('orders') }
export const USERS = { bytes: Buffer.from('users') }
const encode = (writer: ByteWriter, text: string): void => writer.bytes(Buffer.from(text))

/** One lane as it is written and read in one process. */
export interface WrittenLane {
  readonly spool: Spool
  readonly queue: SegmentQueue
  readonly owner: string
  /** Says a text, which is in a block of its own. */
  readonly say: (text: string, group?: { bytes: Uint8Array }) => void
}

/** Starts to write segments into a directory, read by a queue that tells of damage. */
export function writeLane(
  directory: string,
  damage: (path: string, count: number, how: string) => void,
  lane: LaneName = 'log',
): WrittenLane {
  const owner = createOwner()
  let written = 0
  const queue = new SegmentQueue(damage, () => written)
  const sink = new SegmentWriter({
    directory,
    owner,
    meta: META,
    maxBytes: 512 * 1024 * 1024,
    opened: (_lane, path) => queue.add(path, written),
    wrote: (_lane, count) => (written += count),
    failed: (_lane, _block, _count, error) => {
      throw error
    },
  })
  const spool = new Spool(sink, { writeDelayMillis: 5 })
  return { spool, queue, owner, say: (text, group = ORDERS) => spool.append(lane, group, text, encode, true) }
}

/** The texts of a batch by group. */
export function textsOf(batch: Batch | undefined): Record<string, string[]> {
  return Object.fromEntries((batch?.groups ?? []).map(({ group, entries }) => [String(group), entries.map(String)]))
}

/** Reads all there is, and says that it was delivered. */
export function readAll(source: BatchSource, maxBytes = 1_000_000): string[] {
  const all: string[] = []
  for (;;) {
    const batch = source.read(maxBytes)
    if (batch === undefined) return all
    all.push(...batch.groups.flatMap(({ entries }) => entries.map(String)))
    source.commit(batch)
  }
}

/** The segments in a directory. */
export function segmentsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.seg'))
    .map((file) => join(directory, file))
}

/** Makes a segment one of a process that is gone: pid 2^22 is above Linux's highest. */
export function orphan(path: string, owner: string): string {
  const gone = path.replaceAll(owner, owner.replace(/_\d+_/, '_4194305_'))
  writeFileSync(gone, readFileSync(path))
  rmSync(path)
  return gone
}
