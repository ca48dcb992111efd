import { ByteWriter } from '../otlp/index.ts'
import { BLOCK_HEADER_LENGTH, ENTRY_HEADER_LENGTH, GROUP_DEFINITION, MAX_GROUPS, sealBlock } from './block.ts'

/** Opaque bytes that entries have in common (for us, their instrumentation scope). */
export interface Group {
  readonly bytes: Uint8Array
}

/** A block under construction. Encoders write straight into it. */
export class Page {
  #writer: ByteWriter
  #count = 0
  #groups = new Map<Group, number>()
  #start = 0
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#writer = new ByteWriter(capacity, BLOCK_HEADER_LENGTH)
  }

  get count(): number {
    return this.#count
  }

  get byteLength(): number {
    return this.#writer.position
  }

  /** Begins an entry; the caller writes its bytes with the writer and then calls `end` or `abandon`. */
  begin(group: Group): ByteWriter {
    const writer = this.#writer
    const id = this.#groups.get(group) ?? this.#define(group)
    writer.ensure(ENTRY_HEADER_LENGTH)
    writer.buffer[writer.position] = id
    writer.buffer[writer.position + 1] = id >>> 8
    this.#start = writer.position
    writer.position += ENTRY_HEADER_LENGTH
    return writer
  }

  end(): void {
    const writer = this.#writer
    const { buffer } = writer
    const length = writer.position - this.#start - ENTRY_HEADER_LENGTH
    const at = this.#start + 2
    buffer[at] = length
    buffer[at + 1] = length >>> 8
    buffer[at + 2] = length >>> 16
    buffer[at + 3] = length >>> 24
    this.#count++
  }

  /** Takes back an entry whose encoding failed. */
  abandon(): void {
    this.#writer.position = this.#start
  }

  #define(group: Group): number {
    const id = this.#groups.size
    if (id >= MAX_GROUPS) throw new RangeError('too many groups in one block')
    this.#groups.set(group, id)
    const writer = this.#writer
    writer.ensure(ENTRY_HEADER_LENGTH)
    writer.buffer.writeUInt16LE(id | GROUP_DEFINITION, writer.position)
    writer.buffer.writeUInt32LE(group.bytes.length, writer.position + 2)
    writer.position += ENTRY_HEADER_LENGTH
    writer.bytes(group.bytes)
    return id
  }

  /** The finished block: a view, valid until `reset`. */
  seal(): Buffer {
    const block = this.#writer.buffer.subarray(0, this.#writer.position)
    sealBlock(block, this.#count)
    return block
  }

  /**
   * Begins a new block.
   * @param reuse whether the old block's memory may be written over
   */
  reset(reuse: boolean): void {
    this.#count = 0
    this.#groups.clear()
    if (reuse && this.#writer.buffer.length <= this.#capacity * 4) this.#writer.position = BLOCK_HEADER_LENGTH
    else this.#writer = new ByteWriter(this.#capacity, BLOCK_HEADER_LENGTH)
  }
}
