import { ByteWriter } from './byte-writer.ts'
import { encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'
import type { Fields } from './fields.ts'

interface Written {
  tag: number
  encoding: Encoding | undefined
  bytes: Uint8Array
}

const shared = new WeakMap<Fields, Written>()

/**
 * Attributes that many spans have as they are: they are not copied, and written once. Frozen; only for text, numbers and booleans of our own.
 * @returns the same object
 */
export function shareAttributes<T extends Readonly<Record<string, string | number | boolean>>>(attributes: T): T {
  if (!shared.has(attributes)) {
    Object.freeze(attributes)
    shared.set(attributes, { tag: 0, encoding: undefined, bytes: new Uint8Array() })
  }
  return attributes
}

/** Whether attributes can be kept as they are. */
export function areShared(attributes: Fields): boolean {
  return shared.has(attributes)
}

/** As `encodeAttributes`, of shared ones from what was written before. */
export function encodeSharedAttributes(writer: ByteWriter, tag: number, encoding: Encoding, fields: Fields): void {
  const written = shared.get(fields)
  if (written === undefined) {
    encodeAttributes(writer, tag, encoding, fields)
    return
  }
  if (written.encoding !== encoding || written.tag !== tag) {
    const own = new ByteWriter(512)
    encodeAttributes(own, tag, encoding, fields)
    Object.assign(written, { tag, encoding, bytes: own.buffer.subarray(0, own.position) })
  }
  const { bytes } = written
  writer.ensure(bytes.length)
  writer.buffer.set(bytes, writer.position)
  writer.position += bytes.length
}
