/** Wire bytes that protobuf does not allow; `offset` is where. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError'
  readonly offset: number

  constructor(problem: string, offset: number) {
    super(problem)
    this.offset = offset
  }
}

const TWO_32 = 4_294_967_296

interface KnownName {
  readonly bytes: Buffer
  readonly text: string
}

const MAX_NAME_BYTES = 64
const NAMES: (KnownName | undefined)[] = Array.from({ length: 1024 })

function sameBytes(known: Buffer, bytes: Buffer, start: number, length: number): boolean {
  if (known.length !== length) return false
  for (let at = 0; at < length; at++) if (known[at] !== bytes[start + at]) return false
  return true
}

/**
 * Reads protobuf wire bytes from front to back. Every read stays inside `limit`, the end of the message one is in;
 * a read that would pass it throws {@link ProtobufError}.
 */
export class ProtobufReader {
  readonly bytes: Buffer
  position = 0
  limit: number
  /** Low and high half of the last 64-bit read. */
  low = 0
  high = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.limit = bytes.byteLength
  }

  /** Reads a length and narrows the reader to that message; give the result to {@link leave} at its end. */
  enter(): number {
    const end = this.#end()
    const outer = this.limit
    this.limit = end
    return outer
  }

  leave(outer: number): void {
    this.limit = outer
  }

  /** Field number and wire type in one number, as on the wire. */
  readTag(): number {
    const start = this.position
    const tag = this.readVarint32()
    if (tag >>> 3 === 0) throw new ProtobufError('field number 0', start)
    return tag
  }

  /** A varint of which only the low 32 bits matter. */
  readVarint32(): number {
    if (this.position < this.limit) {
      const first = this.bytes[this.position] as number
      if (first < 0x80) {
        this.position++
        return first
      }
    }
    this.readVarint64()
    return this.low
  }

  /** Leaves the value in {@link low} and {@link high}. */
  readVarint64(): void {
    const start = this.position
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.limit) throw new ProtobufError('the number is cut off', start)
      const byte = this.bytes[this.position++] as number
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.low = low >>> 0
        this.high = high >>> 0
        return
      }
    }
    throw new ProtobufError('a number longer than 10 bytes', start)
  }

  /** A signed 64-bit varint: a number while exact, else decimal text. */
  readInt64(): number | string {
    this.readVarint64()
    const high = this.high | 0
    if (high >= -0x20_0000 && high < 0x20_0000) {
      const value = high * TWO_32 + this.low
      if (Number.isSafeInteger(value)) return value
    }
    return ((BigInt(high) << 32n) | BigInt(this.low)).toString()
  }

  /** Leaves the value in {@link low} and {@link high}. */
  readFixed64(): void {
    const at = this.#take(8)
    this.low = this.bytes.readUInt32LE(at)
    this.high = this.bytes.readUInt32LE(at + 4)
  }

  readFixed32(): number {
    return this.bytes.readUInt32LE(this.#take(4))
  }

  readDouble(): number {
    return this.bytes.readDoubleLE(this.#take(8))
  }

  readString(): string {
    const end = this.#end()
    const start = this.position
    this.position = end
    if (end - start > 12) return this.bytes.toString('utf8', start, end)
    let text = ''
    for (let at = start; at < end; at++) {
      const code = this.bytes[at] as number
      if (code > 0x7f) return this.bytes.toString('utf8', start, end)
      text += String.fromCharCode(code)
    }
    return text
  }

  /** A string that comes again and again, such as an attribute's key: equal bytes give the string made before. */
  readName(): string {
    const end = this.#end()
    const start = this.position
    this.position = end
    const length = end - start
    if (length === 0 || length > MAX_NAME_BYTES) return this.bytes.toString('utf8', start, end)
    const bytes = this.bytes
    const middle = bytes[start + (length >>> 1)] as number
    const slot = ((bytes[start] as number) * 7 + (bytes[end - 1] as number) * 31 + middle * 131 + length * 523) & 1023
    const known = NAMES[slot]
    if (known !== undefined && sameBytes(known.bytes, bytes, start, length)) return known.text
    const text = bytes.toString('utf8', start, end)
    NAMES[slot] = { bytes: Buffer.from(bytes.subarray(start, end)), text }
    return text
  }

  readBytes(encoding: 'base64' | 'hex'): string {
    const end = this.#end()
    const text = this.bytes.toString(encoding, this.position, end)
    this.position = end
    return text
  }

  /** Bytes as lower-case hex, and all zeros as none; OTLP's ids. */
  readId(byteLength: number): string {
    const end = this.#end()
    const start = this.position
    this.position = end
    if (end - start !== byteLength) return ''
    for (let at = start; at < end; at++) if (this.bytes[at] !== 0) return this.bytes.toString('hex', start, end)
    return ''
  }

  /** Passes over the value of a field nobody asked for. */
  skip(tag: number): void {
    const wireType = tag & 7
    if (wireType === 0) this.readVarint64()
    else if (wireType === 1) this.#take(8)
    else if (wireType === 2) this.position = this.#end()
    else if (wireType === 5) this.#take(4)
    else throw new ProtobufError(`wire type ${wireType} in field ${tag >>> 3}`, this.position)
  }

  #end(): number {
    const start = this.position
    this.#readLength()
    const end = this.position + this.low
    if (this.high !== 0 || end > this.limit) {
      const bytes = this.high * TWO_32 + this.low
      throw new ProtobufError(`${bytes} bytes announced, ${this.limit - this.position} left`, start)
    }
    return end
  }

  #readLength(): void {
    if (this.position < this.limit) {
      const first = this.bytes[this.position] as number
      if (first < 0x80) {
        this.position++
        this.low = first
        this.high = 0
        return
      }
    }
    this.readVarint64()
  }

  #take(byteLength: number): number {
    const at = this.position
    if (at + byteLength > this.limit) throw new ProtobufError(`${byteLength} bytes needed, ${this.limit - at} left`, at)
    this.position = at + byteLength
    return at
  }
}
