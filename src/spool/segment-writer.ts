import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { LaneName } from './lane.ts'
import { segmentFile } from './owner.ts'
import { segmentHeader } from './segment.ts'
import type { BlockSink } from './spool.ts'

const SEGMENT_BYTES = 4 * 1024 * 1024

export interface SegmentWriterOptions {
  readonly directory: string
  readonly owner: string
  /** Stored in each segment's header. */
  readonly meta: Uint8Array
  /** Hears of each new segment of a lane; the one before it is complete then. */
  readonly opened: (lane: LaneName, path: string) => void
  /** Takes a block that could not be written, with the reason. Says whether its memory may be used again. */
  readonly failed: (lane: LaneName, block: Buffer, count: number, error: unknown) => boolean
}

/**
 * Appends blocks to segment files, mode 0600, with one plain write each: they survive the death of the process from then on (not a power cut).
 * After a failed write the segment is cut back to its last whole block.
 */
export class SegmentWriter implements BlockSink {
  readonly #options: SegmentWriterOptions
  readonly #open = new Map<LaneName, { descriptor: number; bytes: number }>()
  #sequence = 0

  /** Throws when the directory can't be made or written to. */
  constructor(options: SegmentWriterOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  }

  get directory(): string {
    return this.#options.directory
  }

  write(lane: LaneName, block: Buffer, count: number): boolean {
    try {
      this.#append(lane, block)
      return true
    } catch (error) {
      return this.#options.failed(lane, block, count, error)
    }
  }

  #append(lane: LaneName, block: Buffer): void {
    let segment = this.#open.get(lane)
    if (segment === undefined || segment.bytes >= SEGMENT_BYTES) segment = this.#next(lane, segment?.descriptor)
    const { descriptor, bytes } = segment
    try {
      writeAll(descriptor, block)
    } catch (error) {
      ftruncateSync(descriptor, bytes)
      throw error
    }
    segment.bytes += block.length
  }

  #next(lane: LaneName, previous: number | undefined): { descriptor: number; bytes: number } {
    const { directory, owner, meta, opened } = this.#options
    const path = join(directory, segmentFile({ owner, lane, writer: owner, sequence: this.#sequence++ }))
    const descriptor = openSync(path, 'ax', 0o600)
    writeAll(descriptor, segmentHeader(meta))
    if (previous !== undefined) closeSync(previous)
    const segment = { descriptor, bytes: fstatSync(descriptor).size }
    this.#open.set(lane, segment)
    opened(lane, path)
    return segment
  }

  /** Closes the files; what they hold stays. */
  close(): void {
    for (const { descriptor } of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}
