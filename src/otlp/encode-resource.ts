import { ByteWriter } from './byte-writer.ts'
import { encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'
import type { Fields } from './fields.ts'

/** The content of a Resource message. */
export function encodeResource(attributes: Fields, encoding: Encoding): Uint8Array {
  const writer = new ByteWriter(1_024)
  encodeAttributes(writer, 0x0a, encoding, attributes)
  return writer.copy()
}
