import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { CLOCK_ID } from './monotonic-clock.ts'

/**
 * A segment is a file of blocks of one lane by one writer.
 *
 * header (little endian): magic "CLEWSEG2", delivered u32 (offset up to which blocks were delivered) and its complement u32, the writer's clock u64, meta length u32,
 * CRC-32 of the meta u32, meta (opaque; for us the resource)
 */
const MAGIC = Buffer.from('CLEWSEG2')
const DELIVERED_AT = 8
const CLOCK_AT = 16
const META_LENGTH_AT = 24
const META_CRC_AT = 28
const META_AT = 32
const MAX_META_BYTES = 16 * 1024 * 1024

/** A file shorter than this never held a block. */
export const LEAST_SEGMENT_BYTES = META_AT

/** What a segment's header says. */
export interface SegmentHeader {
  readonly meta: Uint8Array
  /** Where the first block is. */
  readonly start: number
  /** Where the first block is that was not delivered. */
  readonly delivered: number
  /** Whether its blocks were sealed by the clock that this process has. */
  readonly sameClock: boolean
}

/** A segment that was opened; whoever did closes it. */
export interface OpenSegment {
  readonly descriptor: number
  readonly header: SegmentHeader
}

/** A file that says of itself that it is no segment, or none any more. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError'
}

/** The first bytes of a new segment. */
export function segmentHeader(meta: Uint8Array): Buffer {
  const header = Buffer.alloc(META_AT + meta.length)
  MAGIC.copy(header)
  deliveredMark(header.length).copy(header, DELIVERED_AT)
  header.writeBigUInt64LE(CLOCK_ID, CLOCK_AT)
  header.writeUInt32LE(meta.length, META_LENGTH_AT)
  header.writeUInt32LE(crc32(meta), META_CRC_AT)
  header.set(meta, META_AT)
  return header
}

/**
 * Opens a segment to read it and to write down what was delivered of it; where the disk can't be written, to read it only.
 * @throws SegmentError when it is no segment; it is closed then
 */
export function openSegment(path: string): OpenSegment {
  return withHeader(openWritable(path))
}

/** Opens somebody else's segment, to read it only. */
export function openForeignSegment(path: string): OpenSegment {
  return withHeader(openSync(path, 'r'))
}

function withHeader(descriptor: number): OpenSegment {
  try {
    return { descriptor, header: readHeader(descriptor) }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function openWritable(path: string): number {
  try {
    return openSync(path, 'r+')
  } catch {
    return openSync(path, 'r')
  }
}

function readHeader(descriptor: number): SegmentHeader {
  const head = readAt(descriptor, 0, META_AT)
  if (head.length < META_AT || !head.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new SegmentError('it is not a segment of a clew spool')
  }
  const meta = readAt(descriptor, META_AT, Math.min(head.readUInt32LE(META_LENGTH_AT), MAX_META_BYTES))
  if (crc32(meta) !== head.readUInt32LE(META_CRC_AT)) throw new SegmentError('its header is damaged')
  const start = META_AT + meta.length
  const [delivered, complement] = [head.readUInt32LE(DELIVERED_AT), head.readUInt32LE(DELIVERED_AT + 4)]
  return {
    meta,
    start,
    // What can't be read is sent again: receivers recognise doubles, and nothing brings back what was skipped.
    delivered: delivered === ~complement >>> 0 ? Math.max(start, delivered) : start,
    sameClock: head.readBigUInt64LE(CLOCK_AT) === CLOCK_ID,
  }
}

/** Writes down how far a segment was delivered, where that can be written. */
export function markDelivered(descriptor: number, offset: number): void {
  try {
    writeSync(descriptor, deliveredMark(offset), 0, 8, DELIVERED_AT)
  } catch {
    // the next process sends it again, and receivers recognise doubles
  }
}

function deliveredMark(offset: number): Buffer {
  const mark = Buffer.alloc(8)
  mark.writeUInt32LE(offset, 0)
  mark.writeUInt32LE(~offset >>> 0, 4)
  return mark
}

/** Up to so many bytes of a file, fewer at its end. */
export function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const count = readSync(descriptor, bytes, read, length - read, position + read)
    if (count === 0) break
    read += count
  }
  return bytes.subarray(0, read)
}
