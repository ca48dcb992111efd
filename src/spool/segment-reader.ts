import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { BLOCK_HEADER_LENGTH, isIntact, readBlock, readBlockHeader, type GroupEntries } from './block.ts'
import { DELIVERED_AT, META_AT, META_LENGTH_AT, SEGMENT_MAGIC } from './segment.ts'
import { mergeInto, type Batch } from './source.ts'

/**
 * Reads one segment while it may still grow, and remembers in its header how far it was delivered, so that after a crash only the last batch can go
 * out twice. One reader per segment.
 */
export class SegmentReader {
  readonly path: string
  readonly #descriptor: number
  readonly #meta: Uint8Array
  readonly #damaged: (count: number) => void
  #offset: number
  #next: number
  #batch: Batch | undefined

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
      if (head.length < META_AT || !head.subarray(0, 8).equals(SEGMENT_MAGIC)) {
        throw new Error(`${path} is not a segment of a clew spool`)
      }
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

  /** The batch that was read last and is neither committed nor given up. */
  get batch(): Batch | undefined {
    return this.#batch
  }

  /** The next batch, of about `maxBytes` at most (one block at least); the same one until `commit`. Undefined when there is none now. */
  read(maxBytes: number): Batch | undefined {
    while (this.#batch === undefined) {
      const { groups, count, end } = this.#readGroups(maxBytes)
      if (end === this.#offset) return undefined
      this.#next = end
      if (count > 0) this.#batch = { meta: this.#meta, groups, count }
      // Nothing but damage: never look at it again.
      else this.commit()
    }
    return this.#batch
  }

  #readGroups(maxBytes: number): { groups: GroupEntries[]; count: number; end: number } {
    const bytes = this.#readBytes(maxBytes)
    const groups = new Map<string, GroupEntries>()
    let position = 0
    let count = 0
    for (let header = readBlockHeader(bytes, 0); header !== undefined; header = readBlockHeader(bytes, position)) {
      const entries = groupsOf(bytes.subarray(position, position + header.length))
      position += header.length
      if (entries === undefined) {
        this.#damaged(header.count)
        continue
      }
      count += header.count
      for (const { group, entries: own } of entries) mergeInto(groups, group, own)
    }
    return { groups: [...groups.values()], count, end: this.#offset + position }
  }

  /** As many bytes as wanted, and the whole of the first block when that is larger. */
  #readBytes(maxBytes: number): Buffer {
    const available = this.pendingBytes
    if (available < BLOCK_HEADER_LENGTH) return Buffer.alloc(0)
    const wanted = Math.min(available, Math.max(maxBytes, BLOCK_HEADER_LENGTH))
    const bytes = readAt(this.#descriptor, this.#offset, wanted)
    if (bytes.length < BLOCK_HEADER_LENGTH) return bytes
    const firstLength = BLOCK_HEADER_LENGTH + bytes.readUInt32LE(4)
    return firstLength > bytes.length && firstLength <= available
      ? readAt(this.#descriptor, this.#offset, firstLength)
      : bytes
  }

  /** Forgets the batch last read: it was delivered, or given up. */
  commit(): void {
    this.#batch = undefined
    this.#offset = this.#next
    const delivered = Buffer.alloc(8)
    delivered.writeBigUInt64LE(BigInt(this.#offset))
    writeSync(this.#descriptor, delivered, 0, 8, DELIVERED_AT)
  }

  /** Entries that were not delivered yet; what a torn or changed block held is not known. */
  remaining(): number {
    const bytes = readAt(this.#descriptor, this.#offset, this.pendingBytes)
    let position = 0
    let count = 0
    for (let header = readBlockHeader(bytes, 0); header !== undefined; header = readBlockHeader(bytes, position)) {
      count += header.count
      position += header.length
    }
    return count
  }

  /** Closes the file and, when told so, removes it. */
  close(remove: boolean): void {
    closeSync(this.#descriptor)
    if (remove) unlinkSync(this.path)
  }
}

/** The entries of a block; undefined when its bytes changed. */
function groupsOf(block: Buffer): GroupEntries[] | undefined {
  try {
    return isIntact(block) ? readBlock(block) : undefined
  } catch {
    return undefined
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
