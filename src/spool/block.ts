import { crc32 } from 'node:zlib'
import { monotonicMillis } from './monotonic-clock.ts'

/**
 * A block is what one write puts on disk: a header and entries. Each block stands alone.
 *
 * header (24 bytes, little endian): magic u32, payload length u32, CRC-32 of all that follows it u32, entries u32, when it was sealed f64 (`monotonicMillis`)
 * entry: group u16, length u32, bytes. With the top bit of `group` set the bytes define that group instead.
 */
export const BLOCK_HEADER_LENGTH = 24
export const ENTRY_HEADER_LENGTH = 6
export const GROUP_DEFINITION = 0x8000
export const MAX_GROUPS = 0x7fff
const MAGIC = Buffer.from('CLB2')
const CRC_AT = 8
const COUNT_AT = 12
const SEALED_AT = 16

/** What came to one group within a block: opaque bytes in the order they were appended. */
export interface GroupEntries {
  readonly group: Uint8Array
  readonly entries: Uint8Array[]
}

export interface BlockHeader {
  /** Bytes of the whole block. */
  readonly length: number
  readonly count: number
  /** By the clock of the machine that wrote it. */
  readonly sealedMillis: number
}

/** Writes the header over the first bytes of a block that is otherwise complete. */
export function sealBlock(block: Buffer, count: number): void {
  MAGIC.copy(block)
  block.writeUInt32LE(block.length - BLOCK_HEADER_LENGTH, 4)
  block.writeUInt32LE(count, COUNT_AT)
  block.writeDoubleLE(monotonicMillis(), SEALED_AT)
  block.writeUInt32LE(crc32(block.subarray(COUNT_AT)), CRC_AT)
}

/** The header at an offset, whether or not the whole block is there; `undefined` when none begins there. */
export function readBlockHeader(bytes: Buffer, offset: number): BlockHeader | undefined {
  if (offset + BLOCK_HEADER_LENGTH > bytes.length || bytes.compare(MAGIC, 0, 4, offset, offset + 4) !== 0)
    return undefined
  return {
    length: BLOCK_HEADER_LENGTH + bytes.readUInt32LE(offset + 4),
    count: bytes.readUInt32LE(offset + COUNT_AT),
    sealedMillis: bytes.readDoubleLE(offset + SEALED_AT),
  }
}

/** The header of a block that is all there, with the bytes that were sealed; `undefined` when there is no such block at the offset. */
export function readIntactHeader(bytes: Buffer, offset: number): BlockHeader | undefined {
  const header = readBlockHeader(bytes, offset)
  if (header === undefined || offset + header.length > bytes.length) return undefined
  const sum = crc32(bytes.subarray(offset + COUNT_AT, offset + header.length))
  return sum === bytes.readUInt32LE(offset + CRC_AT) ? header : undefined
}

/** Where the next intact block begins, from an offset on; `undefined` when there is none. */
export function findIntactBlock(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (readIntactHeader(bytes, at) !== undefined) return at
  }
  return undefined
}

/** How many entries damaged bytes held, as far as they still tell; one at least. */
export function countDamaged(bytes: Buffer): number {
  let count = 0
  let position = 0
  for (let header = readBlockHeader(bytes, 0); header !== undefined; header = readBlockHeader(bytes, position)) {
    count += countInDamaged(bytes.subarray(position, position + header.length), header)
    position += header.length
  }
  return Math.max(1, count)
}

function countInDamaged(block: Buffer, header: BlockHeader): number {
  try {
    return readBlock(block).reduce((total, { entries }) => total + entries.length, 0)
  } catch {
    return header.count * ENTRY_HEADER_LENGTH < header.length ? header.count : 0
  }
}

/** How many entries a run of blocks holds; damaged ones count as what they seem to be. */
export function countEntries(bytes: Buffer): number {
  let count = 0
  let position = 0
  while (position < bytes.length) {
    const header = readIntactHeader(bytes, position)
    const end = header === undefined ? (findIntactBlock(bytes, position + 1) ?? bytes.length) : position + header.length
    count += header?.count ?? countDamaged(bytes.subarray(position, end))
    position = end
  }
  return count
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
