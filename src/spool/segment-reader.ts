import { closeSync, fstatSync } from 'node:fs'
import {
  BLOCK_HEADER_LENGTH,
  countDamaged,
  countEntries,
  findIntactBlock,
  readBlock,
  readBlockHeader,
  readIntactHeader,
  type BlockHeader,
  type GroupEntries,
} from './block.ts'
import { markDelivered, openSegment, readAt, type SegmentHeader } from './segment.ts'
import { mergeInto, type Batch } from './source.ts'

/**
 * Reads one segment while it may still grow, and remembers in its header how far it was delivered, so that after a crash only the last batch can go
 * out twice. One reader per segment.
 */
export class SegmentReader {
  readonly path: string
  readonly #descriptor: number
  readonly #header: SegmentHeader
  readonly #foundMillis: number
  readonly #damaged: (count: number) => void
  #offset: number
  #next: number
  #batch: Batch | undefined
  #decided = 0

  /**
   * @param foundMillis when the segment came to this process: the age of what another machine wrote counts from then on
   * @param damaged hears how many entries were in bytes that changed; they are left out
   * @throws SegmentError when the file is no segment
   */
  constructor(path: string, foundMillis: number, damaged: (count: number) => void) {
    const { descriptor, header } = openSegment(path)
    this.path = path
    this.#descriptor = descriptor
    this.#header = header
    this.#foundMillis = foundMillis
    this.#damaged = damaged
    this.#offset = header.delivered
    this.#next = header.delivered
  }

  /** Bytes in the file that were not delivered yet. */
  get pendingBytes(): number {
    return Math.max(0, fstatSync(this.#descriptor).size - this.#offset)
  }

  /** The batch that was read last and is neither committed nor given up. */
  get batch(): Batch | undefined {
    return this.#batch
  }

  /** When the block that comes next was written; undefined when none can be read now. */
  get headMillis(): number | undefined {
    const head = this.#head()
    return head === undefined ? undefined : this.#writtenMillis(head)
  }

  #writtenMillis({ sealedMillis }: BlockHeader): number {
    return this.#header.sameClock ? sealedMillis : this.#foundMillis
  }

  /** The header of the first block that was not delivered, past what is damaged. */
  #head(): BlockHeader | undefined {
    for (;;) {
      const { pendingBytes } = this
      if (pendingBytes === 0) return undefined
      const header = readBlockHeader(readAt(this.#descriptor, this.#offset, BLOCK_HEADER_LENGTH), 0)
      if (header !== undefined && header.length <= pendingBytes) return header
      if (!this.#skipDamage()) return undefined
    }
  }

  /** Goes on at the next intact block; false when there is none: what is there may still be being written. */
  #skipDamage(): boolean {
    const bytes = readAt(this.#descriptor, this.#offset, this.pendingBytes)
    const next = findIntactBlock(bytes, 1)
    if (next === undefined) return false
    this.#damaged(countDamaged(bytes.subarray(0, next)))
    this.#goTo(this.#offset + next)
    return true
  }

  /**
   * The next batch, of about `maxBytes` at most (one block at least); the same one until `commit`. Undefined when there is none now.
   * @param notAfter ends the batch before the first block that was written later
   */
  read(maxBytes: number, notAfter = Infinity): Batch | undefined {
    while (this.#batch === undefined) {
      const head = this.#head()
      if (head === undefined) return undefined
      const bytes = readAt(this.#descriptor, this.#offset, Math.max(maxBytes, head.length))
      if (!this.#take(bytes, notAfter) && !this.#skipDamage()) return undefined
    }
    return this.#batch
  }

  /** Makes a batch of the blocks in the bytes; false when the first of them is not intact. */
  #take(bytes: Buffer, notAfter: number): boolean {
    const groups = new Map<string, GroupEntries>()
    let position = 0
    let count = 0
    for (let header = readIntactHeader(bytes, 0); header !== undefined; header = readIntactHeader(bytes, position)) {
      if (position > 0 && this.#writtenMillis(header) > notAfter) break
      const block = groupsOf(bytes.subarray(position, position + header.length))
      if (block === undefined) break
      for (const { group, entries } of block) mergeInto(groups, group, entries)
      position += header.length
      count += header.count
    }
    if (position === 0) return false
    this.#next = this.#offset + position
    this.#batch = { meta: this.#header.meta, groups: [...groups.values()], count }
    return true
  }

  /** Entries of the batch that need no further look, should the batch be given up. */
  decide(count: number): void {
    this.#decided += count
  }

  /**
   * Forgets the batch last read: it was delivered, or refused.
   * @returns how many of its entries were not decided one by one
   */
  commit(): number {
    const left = (this.#batch?.count ?? 0) - this.#decided
    this.#goTo(this.#next)
    return left
  }

  #goTo(offset: number): void {
    this.#batch = undefined
    this.#decided = 0
    this.#offset = offset
    markDelivered(this.#descriptor, offset)
  }

  /**
   * Gives up the blocks that were written before a time, and the batch when they are part of it.
   * @returns how many entries those were, less those that were decided
   */
  expire(before: number): number {
    const decided = this.#decided
    let count = 0
    for (let head = this.#head(); head !== undefined && this.#writtenMillis(head) < before; head = this.#head()) {
      count += head.count
      this.#offset += head.length
    }
    if (count === 0) return 0
    this.#goTo(this.#offset)
    return Math.max(0, count - decided)
  }

  /** Entries that were delivered when it was opened or have been since; damaged ones count as what they seem to be. */
  countDelivered(): number {
    const { start } = this.#header
    return countEntries(readAt(this.#descriptor, start, this.#offset - start))
  }

  /** Entries that were not delivered yet, counted in the same way. */
  countPending(): number {
    return countEntries(readAt(this.#descriptor, this.#offset, this.pendingBytes))
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** The entries of a block; undefined when the lengths in it do not add up. */
function groupsOf(block: Buffer): GroupEntries[] | undefined {
  try {
    return readBlock(block)
  } catch {
    return undefined
  }
}
