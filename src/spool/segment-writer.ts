import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { LaneName } from './lane.ts'
import { endLease, renewLease } from './owner.ts'
import { segmentFile } from './segment-name.ts'
import { segmentHeader } from './segment.ts'
import type { BlockSink } from './spool.ts'
import { tryToRemove } from './try-to-remove.ts'

const MAX_SEGMENT_BYTES = 4 * 1024 * 1024
/** A spool has room for so many segments: fewer, larger ones could not be given up one by one. */
const SEGMENTS_IN_SPOOL = 32
const PAUSE_MILLIS = 1_000

export interface SegmentWriterOptions {
  readonly directory: string
  readonly owner: string
  /** Whose name the segments bear; the owner unless it is said. */
  readonly writer?: string
  /** Stored in each segment's header. */
  readonly meta: Uint8Array
  /** Most bytes of the whole spool. */
  readonly maxBytes: number
  /** Hears of each new segment of a lane; the one before it is complete then. */
  readonly opened: (lane: LaneName, path: string) => void
  /** Hears of entries that are written. */
  readonly wrote: (lane: LaneName, count: number) => void
  /** Takes a block that could not be written, with the reason. Says whether its memory may be used again. */
  readonly failed: (lane: LaneName, block: Buffer, count: number, error: unknown) => boolean
}

interface OpenSegment {
  readonly descriptor: number
  /** Of its header. */
  readonly start: number
  bytes: number
}

/**
 * Appends blocks to segment files, mode 0600, with one plain write each: they survive the death of the process from then on (not a power cut).
 * After a failed write the segment is cut back to its last whole block, and for a second nothing is tried. The directory is made when it is not there.
 */
export class SegmentWriter implements BlockSink {
  readonly #options: SegmentWriterOptions
  readonly #segmentBytes: number
  readonly #open = new Map<LaneName, OpenSegment>()
  #sequence = 0
  #failure: { readonly error: unknown; readonly until: number } | undefined

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#segmentBytes = Math.min(MAX_SEGMENT_BYTES, options.maxBytes / SEGMENTS_IN_SPOOL)
  }

  /** Whether the last write failed. */
  get failing(): boolean {
    return this.#failure !== undefined
  }

  write(lane: LaneName, block: Buffer, count: number): boolean {
    const { failed, wrote } = this.#options
    if (this.#failure !== undefined && performance.now() < this.#failure.until) {
      return failed(lane, block, count, this.#failure.error)
    }
    try {
      this.#append(lane, block)
      this.#failure = undefined
      wrote(lane, count)
      return true
    } catch (error) {
      this.#failure = { error, until: performance.now() + PAUSE_MILLIS }
      return failed(lane, block, count, error)
    }
  }

  #append(lane: LaneName, block: Buffer): void {
    let segment = this.#open.get(lane)
    if (segment === undefined || segment.bytes >= this.#segmentBytes || !isAsLeft(segment)) segment = this.#next(lane)
    try {
      writeAll(segment.descriptor, block)
    } catch (error) {
      this.#giveUp(lane, segment)
      throw error
    }
    segment.bytes += block.length
  }

  /** Cuts off what was half written. The next try goes into another segment: a limit may be on the size of one file. */
  #giveUp(lane: LaneName, { descriptor, start, bytes }: OpenSegment): void {
    ftruncateSync(descriptor, bytes)
    if (bytes === start) return
    this.#open.delete(lane)
    closeSync(descriptor)
  }

  #next(lane: LaneName): OpenSegment {
    const { directory, owner, writer = owner, meta, opened } = this.#options
    const path = join(directory, segmentFile({ owner, lane, writer, sequence: this.#sequence++ }))
    const header = segmentHeader(meta)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    renewLease(directory, owner)
    const descriptor = openSync(path, 'ax', 0o600)
    try {
      writeAll(descriptor, header)
    } catch (error) {
      closeSync(descriptor)
      tryToRemove(path)
      throw error
    }
    const previous = this.#open.get(lane)
    if (previous !== undefined) closeSync(previous.descriptor)
    const segment = { descriptor, start: header.length, bytes: header.length }
    this.#open.set(lane, segment)
    opened(lane, path)
    return segment
  }

  /** Closes the files; what they hold stays. A later write opens new ones. */
  close(): void {
    for (const { descriptor } of this.#open.values()) closeSync(descriptor)
    this.#open.clear()
  }

  /** Ends the lease: from now on others may take over what is left. */
  release(): void {
    endLease(this.#options.directory, this.#options.owner)
  }
}

/** Whether nobody removed the file or cut it since the last write: what is written to such a one is not kept. */
function isAsLeft({ descriptor, bytes }: OpenSegment): boolean {
  const { nlink, size } = fstatSync(descriptor)
  return nlink > 0 && size === bytes
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}
