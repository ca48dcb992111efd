import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { LANES, type LaneName } from './lane.ts'
import { isAlive, parseSegmentFile, segmentFile, type SegmentName } from './owner.ts'
import { SegmentReader } from './segment-reader.ts'
import type { Batch, BatchSource } from './source.ts'

/** Hears of what can't be read. */
export interface SegmentDamage {
  /** A file that is no segment; it is left where it is. */
  unreadable(path: string, error: unknown): void
  /** A block whose bytes changed, with so many entries in it; it is left out. */
  changed(path: string, count: number): void
  /** A last block that was not written to its end. */
  torn(path: string, bytes: number): void
}

/** The segments of one lane, oldest first, read one after another; each is deleted once all of it was delivered. The last may still grow. */
export class SegmentQueue implements BatchSource {
  #paths: string[] = []
  #current: SegmentReader | undefined
  readonly #damage: SegmentDamage

  constructor(damage: SegmentDamage) {
    this.#damage = damage
  }

  add(path: string): void {
    this.#paths.push(path)
  }

  read(maxBytes: number): Batch | undefined {
    for (;;) {
      this.#current ??= this.#open()
      if (this.#current === undefined) return undefined
      const batch = this.#current.read(maxBytes)
      if (batch !== undefined || this.#paths.length === 0) return batch
      // Its writer has moved on or is gone: what is left can't be read and never will be.
      if (this.#current.pendingBytes > 0) this.#damage.torn(this.#current.path, this.#current.pendingBytes)
      this.#current.close(true)
      this.#current = undefined
    }
  }

  #open(): SegmentReader | undefined {
    for (;;) {
      const path = this.#paths.shift()
      if (path === undefined) return undefined
      try {
        return new SegmentReader(path, (count) => this.#damage.changed(path, count))
      } catch (error) {
        this.#damage.unreadable(path, error)
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
