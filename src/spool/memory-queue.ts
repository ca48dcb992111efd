import { readBlock, readIntactHeader, type GroupEntries } from './block.ts'
import { mergeInto, type Batch, type BatchSource } from './source.ts'

interface HeldBlock {
  readonly block: Buffer
  readonly count: number
  readonly sealedMillis: number
}

/** Blocks in memory, for a process without a disk to spool to. Its owner keeps it within bounds. */
export class MemoryQueue implements BatchSource {
  readonly #meta: Uint8Array
  #blocks: HeldBlock[] = []
  #bytes = 0
  #count = 0
  /** Blocks of the batch that is out. */
  #reading = 0
  #batch: Batch | undefined
  #decided = 0

  constructor(meta: Uint8Array) {
    this.#meta = meta
  }

  add(block: Buffer): void {
    const header = readIntactHeader(block, 0)
    if (header === undefined) return
    this.#blocks.push({ block, count: header.count, sealedMillis: header.sealedMillis })
    this.#bytes += block.length
    this.#count += header.count
  }

  get headMillis(): number | undefined {
    return this.#batch === undefined ? this.oldestMillis : -Infinity
  }

  /** When the oldest entry was written that waits here. */
  get oldestMillis(): number | undefined {
    return this.#blocks[0]?.sealedMillis
  }

  get byteLength(): number {
    return this.#bytes
  }

  /** Entries that wait. */
  get count(): number {
    return this.#count
  }

  read(maxBytes: number, notAfter = Infinity): Batch | undefined {
    return (this.#batch ??= this.#readBatch(maxBytes, notAfter))
  }

  #readBatch(maxBytes: number, notAfter: number): Batch | undefined {
    const groups = new Map<string, GroupEntries>()
    let bytes = 0
    let count = 0
    for (const held of this.#blocks) {
      if (this.#reading > 0 && (bytes + held.block.length > maxBytes || held.sealedMillis > notAfter)) break
      bytes += held.block.length
      count += held.count
      this.#reading++
      for (const { group, entries } of readBlock(held.block)) mergeInto(groups, group, entries)
    }
    return count === 0 ? undefined : { meta: this.#meta, groups: [...groups.values()], count }
  }

  holds(batch: Batch): boolean {
    return this.#batch === batch
  }

  decide(batch: Batch, count: number): void {
    if (!this.holds(batch)) return
    this.#decided += count
    this.#count -= count
  }

  commit(batch: Batch): void {
    if (!this.holds(batch)) return
    this.#count -= batch.count - this.#decided
    for (const { block } of this.#blocks.splice(0, this.#reading)) this.#bytes -= block.length
    this.#forgetBatch()
  }

  #forgetBatch(): void {
    this.#reading = 0
    this.#batch = undefined
    this.#decided = 0
  }

  /**
   * Gives up the oldest block that is not on its way, to make room.
   * @returns how many entries it held; undefined when there is none
   */
  dropOldest(): number | undefined {
    const [oldest] = this.#blocks.splice(this.#reading, 1)
    if (oldest === undefined) return undefined
    this.#bytes -= oldest.block.length
    this.#count -= oldest.count
    return oldest.count
  }

  /**
   * Hands blocks to someone who keeps them, the oldest first, for as long as they are taken. A batch that is out is taken back: what was decided of it may go out twice.
   */
  moveTo(keep: (block: Buffer, count: number) => boolean): void {
    for (let first = this.#blocks[0]; first !== undefined; first = this.#blocks[0]) {
      if (!keep(first.block, first.count)) return
      this.#count += this.#decided
      this.#forgetBatch()
      this.dropOldest()
    }
  }

  /** Gives up everything that waits; answers how many entries that were. */
  clear(): number {
    const count = this.#count
    this.#blocks = []
    this.#bytes = 0
    this.#count = 0
    this.#forgetBatch()
    return count
  }
}
