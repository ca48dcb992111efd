import { closeSync, fstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { countEntries, readBlockHeader } from './block.ts'
import type { LaneName } from './lane.ts'
import { monotonicMillis } from './monotonic-clock.ts'
import { parseSegmentFile } from './segment-name.ts'
import { LEAST_SEGMENT_BYTES, openForeignSegment, readAt } from './segment.ts'

/** A segment of somebody else: of a living owner, once what the dead left has been taken over. */
export interface NeighbourSegment {
  readonly owner: string
  readonly lane: LaneName
  readonly path: string
}

export function findNeighbours(directory: string, self: string): NeighbourSegment[] {
  return readdirSync(directory).flatMap((file) => {
    const name = parseSegmentFile(file)
    if (name === undefined || name.owner === self) return []
    return [{ owner: name.owner, lane: name.lane, path: join(directory, file) }]
  })
}

/**
 * The share of a directory's room that one owner may take: what the others leave, and its equal part at least, so that one who says much does not cost those who say little.
 */
export function shareOf(maxBytes: number, directory: string, self: string): number {
  const others = findNeighbours(directory, self)
  const owners = new Set(others.map(({ owner }) => owner)).size + 1
  let bytes = 0
  for (const { path } of others) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return Math.max(maxBytes / owners, maxBytes - bytes)
}

/** What waits in a segment. */
export interface SegmentWaiting {
  readonly entries: number
  readonly bytes: number
  /** For how long the oldest has waited, as far as this machine's clocks tell. */
  readonly oldestMillis: number
}

const NOTHING: SegmentWaiting = { entries: 0, bytes: 0, oldestMillis: 0 }

/** What waits in a segment of somebody else. Reads all of it, and changes nothing; undefined when it can't be read, or is gone. */
export function waitingIn(path: string): SegmentWaiting | undefined {
  try {
    if (statSync(path).size < LEAST_SEGMENT_BYTES) return NOTHING
    const { descriptor, header } = openForeignSegment(path)
    try {
      const { size, mtimeMs } = fstatSync(descriptor)
      const bytes = readAt(descriptor, header.delivered, Math.max(0, size - header.delivered))
      const sealedMillis = header.sameClock ? readBlockHeader(bytes, 0)?.sealedMillis : undefined
      const oldestMillis = sealedMillis === undefined ? Date.now() - mtimeMs : monotonicMillis() - sealedMillis
      return { entries: countEntries(bytes), bytes: bytes.length, oldestMillis: Math.max(0, oldestMillis) }
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** Entries that wait in a segment of somebody else; 0 when it can't be read, or is gone. */
export function countWaiting(path: string): number {
  return waitingIn(path)?.entries ?? 0
}
