import { closeSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { countEntries } from './block.ts'
import { parseSegmentFile } from './segment-name.ts'
import { openSegment, readAt } from './segment.ts'

/** A segment of somebody else: of a living owner, once what the dead left has been taken over. */
export interface NeighbourSegment {
  readonly owner: string
  readonly path: string
}

export function findNeighbours(directory: string, self: string): NeighbourSegment[] {
  return readdirSync(directory).flatMap((file) => {
    const owner = parseSegmentFile(file)?.owner
    return owner === undefined || owner === self ? [] : [{ owner, path: join(directory, file) }]
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

/** Entries that wait in a segment of somebody else; 0 when it can't be read, or is gone. */
export function countWaiting(path: string): number {
  try {
    const { descriptor, header } = openSegment(path)
    try {
      const size = statSync(path).size
      return countEntries(readAt(descriptor, header.delivered, Math.max(0, size - header.delivered)))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return 0
  }
}
