import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { BLOCK_HEADER_LENGTH, isIntact, readBlock, readBlockHeader, type GroupEntries } from './block.ts'
import { DELIVERED_AT, META_AT, META_LENGTH_AT, SEGMENT_MAGIC } from './segment.ts'
import type { Batch, BatchSource } from './source.ts'

/**
 * Reads one segment while it may still grow, and remembers in its header how far it was delivered, so that after a crash only the last batch can go
 * out twice. One reader per segment.
 */
export class SegmentReader implements BatchSource {
  readonly path: string
  readonly #descriptor: number
  readonly #meta: Uint8Array
  #offset: number
  #next: number
  #batch: Batch | undefined
  readonly #damaged: (count: number) => void

  /**
   * Throws when the file is no segment.
   * @param damaged hears how many entries were in a block whose bytes changed; they are left out
   */
  constructor(path: string, damaged: (count: number) => void) {
    this.path = path
    this.#damaged = damaged
    this.#descriptor = openSync(path, 'r+')
    try {
      const head = readAt(this.#descriptor, 0, META_AT)
      if (head.length < META_AT || !head.subarray(0, 8).equals(SEGMENT_MAGIC))
        throw new Error(`${path} is not a segment of a clew spool`)
      this.#meta = readAt(this.#descriptor, META_AT, head.readUInt32LE(META_LENGTH_AT))
      this.#offset = Number(head.readBigUInt64LE(DELIVERED_AT))
      this.#next = this.#offset
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
  }

  /** Bytes in the file that were not delivered yet. */
  get pendingBytes(): number {
    return Math.max(0, fstatSync(this.#descriptor).size - this.#offset)
  }

  read(maxBytes: number): Batch | undefined {
    return (this.#batch ??= this.#readBatch(maxBytes))
  }

  #readBatch(maxBytes: number): Batch | undefined {
    const bytes = this.#readBlocks(maxBytes)
    const groups = new Map<string, GroupEntries>()
    let position = 0
    let count = 0
    for (;;) {
      const header = readBlockHeader(bytes, position)
      if (header === undefined) break
      const block = bytes.subarray(position, position + header.length)
      position += header.length
      if (!isIntact(block)) {
        this.#damaged(header.count)
        continue
      }
      count += header.count
      for (const { group, entries } of readBlock(block)) mergeInto(groups, group, entries)
    }
    this.#next = this.#offset + position
    return count === 0 ? undefined : { meta: this.#meta, groups: [...groups.values()], count }
  }

  /** As many bytes as wanted, and the whole of the first block when that is larger. */
  #readBlocks(maxBytes: number): Buffer {
    const available = this.pendingBytes
    if (available < BLOCK_HEADER_LENGTH) return Buffer.alloc(0)
    const bytes = readAt(this.#descriptor, this.#offset, Math.min(available, Math.max(maxBytes, BLOCK_HEADER_LENGTH)))
    const firstLength = BLOCK_HEADER_LENGTH + bytes.readUInt32LE(4)
    return firstLength > bytes.length && firstLength <= available
      ? readAt(this.#descriptor, this.#offset, firstLength)
      : bytes
  }

  commit(): void {
    this.#batch = undefined
    this.#offset = this.#next
    const delivered = Buffer.alloc(8)
    delivered.writeBigUInt64LE(BigInt(this.#offset))
    writeSync(this.#descriptor, delivered, 0, 8, DELIVERED_AT)
  }

  /** Closes the file and, when told so, removes it. */
  close(remove: boolean): void {
    closeSync(this.#descriptor)
    if (remove) unlinkSync(this.path)
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const count = readSync(descriptor, bytes, read, length - read, position + read)
    if (count === 0) break
    read += count
  }
  return bytes.subarray(0, read)
}

/** Adds entries to the group of the same bytes, whichever block they came from. */
export function mergeInto(groups: Map<string, GroupEntries>, group: Uint8Array, entries: readonly Uint8Array[]): void {
  const key = Buffer.from(group.buffer, group.byteOffset, group.length).toString('latin1')
  const known = groups.get(key)
  if (known === undefined) groups.set(key, { group, entries: [...entries] })
  else for (const entry of entries) known.entries.push(entry)
}
