import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { LaneName } from './lane.ts'
import { endLease, isAlive } from './owner.ts'
import { parseSegmentFile, segmentFile, type SegmentName } from './segment-name.ts'

/** A segment that was taken over. */
export interface AdoptedSegment {
  readonly lane: LaneName
  readonly path: string
}

/**
 * Takes over the segments of owners that are gone, by renaming them; of several that try, one succeeds per segment. Removes their leases.
 * @param lanes those of which segments are wanted; others stay as they are
 * @returns what was taken, oldest first for each writer
 */
export function adoptSegments(directory: string, self: string, lanes: ReadonlySet<LaneName>): AdoptedSegment[] {
  const files = readdirSync(directory)
  const alive = new Map<string, boolean>()
  const isGone = (owner: string): boolean => {
    if (!alive.has(owner)) alive.set(owner, owner === self || isAlive(directory, owner, self))
    return alive.get(owner) === false
  }
  const adopted = files
    .map(parseSegmentFile)
    .filter((name): name is SegmentName => name !== undefined && lanes.has(name.lane) && isGone(name.owner))
    .sort((a, b) => a.writer.localeCompare(b.writer) || a.sequence - b.sequence)
    .flatMap((name) => take(directory, name, self))
  for (const file of files)
    if (file.endsWith('.lease') && isGone(file.slice(0, -6))) endLease(directory, file.slice(0, -6))
  return adopted
}

function take(directory: string, name: SegmentName, owner: string): AdoptedSegment[] {
  const path = join(directory, segmentFile({ ...name, owner }))
  try {
    renameSync(join(directory, segmentFile(name)), path)
    return [{ lane: name.lane, path }]
  } catch {
    return []
  }
}
