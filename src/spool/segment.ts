/**
 * A segment is a file of blocks of one lane by one writer.
 *
 * header: magic "CLEWSEG1", delivered u64 (offset up to which blocks were delivered), meta length u32, meta (opaque; for us the resource)
 */
export const SEGMENT_MAGIC = Buffer.from('CLEWSEG1')
export const DELIVERED_AT = 8
export const META_LENGTH_AT = 16
export const META_AT = 20

/** The first bytes of a new segment. */
export function segmentHeader(meta: Uint8Array): Buffer {
  const header = Buffer.alloc(META_AT + meta.length)
  SEGMENT_MAGIC.copy(header)
  header.writeBigUInt64LE(BigInt(header.length), DELIVERED_AT)
  header.writeUInt32LE(meta.length, META_LENGTH_AT)
  header.set(meta, META_AT)
  return header
}
