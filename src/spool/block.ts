import { crc32 } from 'node:zlib'

/**
 * A block is what one write puts on disk: a header and entries. Each block stands alone.
 *
 * header (24 bytes, little endian): magic u32, payload length u32, CRC-32 of the payload u32, entries u32, reserved u64
 * entry: group u16, length u32, bytes. With the top bit of `group` set the bytes define that group instead.
 */
export const BLOCK_HEADER_LENGTH = 24
export const ENTRY_HEADER_LENGTH = 6
export const GROUP_DEFINITION = 0x8000
export const MAX_GROUPS = 0x7fff
const MAGIC = 0x31424c43

/** What came to one group within a block: opaque bytes in the order they were appended. */
export interface GroupEntries {
  readonly group: Uint8Array
  readonly entries: Uint8Array[]
}

export interface BlockHeader {
  /** Bytes of the whole block. */
  readonly length: number
  readonly count: number
}

/** Writes the header over the first bytes of a block that is otherwise complete. */
export function sealBlock(block: Buffer, count: number): void {
  const payload = block.subarray(BLOCK_HEADER_LENGTH)
  block.writeUInt32LE(MAGIC, 0)
  block.writeUInt32LE(payload.length, 4)
  block.writeUInt32LE(crc32(payload), 8)
  block.writeUInt32LE(count, 12)
  block.fill(0, 16, BLOCK_HEADER_LENGTH)
}

/** The header at an offset; `undefined` when the block there is not complete, or is none. */
export function readBlockHeader(bytes: Buffer, offset: number): BlockHeader | undefined {
  if (offset + BLOCK_HEADER_LENGTH > bytes.length) return undefined
  if (bytes.readUInt32LE(offset) !== MAGIC) return undefined
  const length = BLOCK_HEADER_LENGTH + bytes.readUInt32LE(offset + 4)
  return offset + length > bytes.length ? undefined : { length, count: bytes.readUInt32LE(offset + 12) }
}

/** Whether the bytes of a complete block are those that were sealed. */
export function isIntact(block: Buffer): boolean {
  return crc32(block.subarray(BLOCK_HEADER_LENGTH)) === block.readUInt32LE(8)
}

/** The entries of an intact block by group, as views into it. Throws a RangeError when the lengths inside do not add up. */
export function readBlock(block: Buffer): GroupEntries[] {
  const groups = new Map<number, GroupEntries>()
  let position = BLOCK_HEADER_LENGTH
  while (position < block.length) {
    const id = block.readUInt16LE(position)
    const end = position + ENTRY_HEADER_LENGTH + block.readUInt32LE(position + 2)
    const bytes = block.subarray(position + ENTRY_HEADER_LENGTH, end)
    if (end > block.length) throw new RangeError(`entry at ${position} ends beyond its block`)
    if ((id & GROUP_DEFINITION) !== 0) groups.set(id & MAX_GROUPS, { group: bytes, entries: [] })
    else groups.get(id)?.entries.push(bytes)
    position = end
  }
  return [...groups.values()]
}
