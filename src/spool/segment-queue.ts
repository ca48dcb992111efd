import { readdirSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { LANES, type LaneName } from './lane.ts'
import { isAlive, parseSegmentFile, segmentFile, type SegmentName } from './owner.ts'
import { SegmentReader } from './segment-reader.ts'
import type { Batch, BatchSource } from './source.ts'

/** The segments of one lane, oldest first, read one after another; each is deleted once all of it was delivered. The last may still grow. */
export class SegmentQueue implements BatchSource {
  #paths: string[] = []
  #current: SegmentReader | undefined
  readonly #unreadable: (path: string, error: unknown) => void

  /** @param unreadable hears of a segment that can't be read; it is left where it is */
  constructor(unreadable: (path: string, error: unknown) => void) {
    this.#unreadable = unreadable
  }

  /** @param growing false for a segment whose writer is gone */
  add(path: string): void {
    this.#paths.push(path)
  }

  read(maxBytes: number): Batch | undefined {
    for (;;) {
      this.#current ??= this.#open()
      if (this.#current === undefined) return undefined
      const batch = this.#current.read(maxBytes)
      if (batch !== undefined || this.#paths.length === 0) return batch
      this.#current.close(true)
      this.#current = undefined
    }
  }

  #open(): SegmentReader | undefined {
    for (;;) {
      const path = this.#paths.shift()
      if (path === undefined) return undefined
      try {
        return new SegmentReader(path)
      } catch (error) {
        this.#unreadable(path, error)
      }
    }
  }

  commit(): void {
    this.#current?.commit()
  }

  /** Closes the segment being read; removes it when nothing in it is left to deliver. */
  close(): void {
    if (this.#current === undefined) return
    this.#current.close(this.#current.pendingBytes === 0)
    this.#current = undefined
  }
}

/**
 * Takes over the segments of processes that are gone, by renaming them; of several that try, one succeeds per segment.
 * @returns the taken segments' paths by lane, oldest first
 */
export function adoptSegments(directory: string, owner: string): ReadonlyMap<LaneName, readonly string[]> {
  const orphans = readdirSync(directory)
    .map(parseSegmentFile)
    .filter((name): name is SegmentName => name !== undefined && name.owner !== owner && !isAlive(name.owner))
    .sort((a, b) => a.writer.localeCompare(b.writer) || a.sequence - b.sequence)
  return new Map(
    LANES.map((lane) => [
      lane,
      orphans.filter((name) => name.lane === lane).flatMap((name) => take(directory, name, owner)),
    ]),
  )
}

function take(directory: string, name: SegmentName, owner: string): string[] {
  const path = join(directory, segmentFile({ ...name, owner }))
  try {
    renameSync(join(directory, segmentFile(name)), path)
    return [path]
  } catch {
    return []
  }
}

/** Removes the segments of an owner that hold nothing any more, as at the end of a process. */
export function removeSegment(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // another process removed it first
  }
}
