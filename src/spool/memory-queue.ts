import { isIntact, readBlock, readBlockHeader, type GroupEntries } from './block.ts'
import { mergeInto, type Batch, type BatchSource } from './source.ts'

interface HeldBlock {
  readonly block: Buffer
  readonly count: number
}

/** Blocks in memory, bounded: when room runs out the oldest go. For a process without a disk to spool to. */
export class MemoryQueue implements BatchSource {
  readonly #meta: Uint8Array
  readonly #maxBytes: number
  readonly #dropped: (count: number) => void
  #blocks: HeldBlock[] = []
  #bytes = 0
  #reading = 0
  #batch: Batch | undefined

  /** @param dropped hears how many entries had to go for want of room */
  constructor(meta: Uint8Array, maxBytes: number, dropped: (count: number) => void) {
    this.#meta = meta
    this.#maxBytes = maxBytes
    this.#dropped = dropped
  }

  add(block: Buffer): void {
    const header = readBlockHeader(block, 0)
    if (header === undefined || !isIntact(block)) return
    this.#blocks.push({ block, count: header.count })
    this.#bytes += block.length
    while (this.#bytes > this.#maxBytes && this.#blocks.length > this.#reading + 1) {
      const [oldest] = this.#blocks.splice(this.#reading, 1)
      if (oldest === undefined) break
      this.#bytes -= oldest.block.length
      this.#dropped(oldest.count)
    }
  }

  read(maxBytes: number): Batch | undefined {
    return (this.#batch ??= this.#readBatch(maxBytes))
  }

  #readBatch(maxBytes: number): Batch | undefined {
    const groups = new Map<string, GroupEntries>()
    let bytes = 0
    let count = 0
    for (const held of this.#blocks) {
      if (this.#reading > 0 && bytes + held.block.length > maxBytes) break
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

  commit(batch: Batch): void {
    if (!this.holds(batch)) return
    for (const { block } of this.#blocks.splice(0, this.#reading)) this.#bytes -= block.length
    this.#reading = 0
    this.#batch = undefined
  }

  /** Gives up everything that waits; answers how many entries that were. */
  clear(): number {
    let count = 0
    for (const held of this.#blocks) count += held.count
    this.#blocks = []
    this.#bytes = 0
    this.#reading = 0
    this.#batch = undefined
    return count
  }
}
