const TWO_32 = 4_294_967_296
const TWO_63 = 2 ** 63
const DOUBLE = new Float64Array(1)
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer)

/** Node's buffers have always had this method under `write`; called by itself it takes half the time. */
export interface TextBuffer extends Buffer {
  utf8Write(text: string, offset: number, maxBytes: number): number
}

/** Up to here a loop is faster than a call. */
const MAX_LOOPED_BYTES = 12
/** The same for text. From 13 characters on V8 may keep a text in pieces, and then each look at a character has to find its piece. */
export const MAX_LOOPED_TEXT = 12

/** Bytes that a length takes. */
export function varintLength(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5
}

/** Whether a number is an integer that 64 bits with a sign can hold. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63
}

/**
 * Protobuf wire format into one growing buffer. Pure bytes: knows no message.
 * Length-delimited messages are written first and their length patched in afterwards (`open`, `close`), always in the shortest form.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ByteWriter {
  buffer: TextBuffer
  position: number
  #second = Number.NaN
  #secondHigh = 0
  #secondLow = 0
  #lastMillis = -1
  #lastHigh = 0
  #lastLow = 0

  /** @param start bytes left free at the front, for a header written later */
  constructor(capacity: number, start = 0) {
    this.buffer = Buffer.allocUnsafeSlow(capacity) as TextBuffer
    this.position = start
  }

  /** Makes room for `length` more bytes. Every other method calls it; callers need not. */
  ensure(length: number): void {
    const needed = this.position + length
    if (needed > this.buffer.length) this.#grow(needed)
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2)) as TextBuffer
    this.buffer.copy(larger, 0, 0, this.position)
    this.buffer = larger
  }

  byte(value: number): void {
    this.ensure(1)
    this.buffer[this.position++] = value
  }

  /** An integer below 2^64, or a negative one from -2^63 on as ten bytes of two's complement. */
  varint(value: number): void {
    this.ensure(10)
    if (value < 0) return this.#negativeVarint(value)
    const { buffer } = this
    let rest = value
    while (rest >= TWO_32) {
      buffer[this.position++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    rest >>>= 0
    while (rest > 127) {
      buffer[this.position++] = (rest & 127) | 128
      rest >>>= 7
    }
    buffer[this.position++] = rest
  }

  #negativeVarint(value: number): void {
    this.bigVarint(BigInt.asUintN(64, BigInt(value)))
  }

  /** An unsigned 64-bit integer. */
  bigVarint(value: bigint): void {
    this.ensure(10)
    let rest = value
    while (rest > 127n) {
      this.buffer[this.position++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.buffer[this.position++] = Number(rest)
  }

  fixed32(value: number): void {
    this.ensure(4)
    const { buffer } = this
    let p = this.position
    buffer[p++] = value
    buffer[p++] = value >>> 8
    buffer[p++] = value >>> 16
    buffer[p++] = value >>> 24
    this.position = p
  }

  /** An unsigned 64-bit integer given as its two halves. */
  fixed64(high: number, low: number): void {
    this.ensure(8)
    const { buffer } = this
    let p = this.position
    buffer[p++] = low
    buffer[p++] = low >>> 8
    buffer[p++] = low >>> 16
    buffer[p++] = low >>> 24
    buffer[p++] = high
    buffer[p++] = high >>> 8
    buffer[p++] = high >>> 16
    buffer[p++] = high >>> 24
    this.position = p
  }

  /** An integer as 64 bits, two's complement when negative. */
  fixed64Integer(value: number): void {
    this.fixed64(Math.floor(value / TWO_32), value >>> 0)
  }

  /** Milliseconds since 1970 with a fraction, as nanoseconds; exact to the microsecond. */
  unixNanos(millis: number): void {
    if (millis !== this.#lastMillis) this.#splitNanos(millis)
    this.fixed64(this.#lastHigh, this.#lastLow)
  }

  #splitNanos(millis: number): void {
    const second = Math.floor(millis / 1000)
    if (second !== this.#second) this.#setSecond(second)
    const low = this.#secondLow + Math.round((millis - second * 1000) * 1000) * 1000
    this.#lastMillis = millis
    this.#lastHigh = low >= TWO_32 ? this.#secondHigh + 1 : this.#secondHigh
    this.#lastLow = low | 0
  }

  #setSecond(second: number): void {
    const nanos = BigInt(second) * 1_000_000_000n
    this.#second = second
    this.#secondHigh = Number(nanos >> 32n)
    this.#secondLow = Number(nanos & 0xffff_ffffn)
  }

  double(value: number): void {
    this.ensure(8)
    DOUBLE[0] = value
    const { buffer } = this
    let p = this.position
    for (let i = 0; i < 8; i++) buffer[p++] = DOUBLE_BYTES[i] as number
    this.position = p
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.ensure(length)
    const { buffer } = this
    if (length > MAX_LOOPED_BYTES) {
      buffer.set(bytes, this.position)
      this.position += length
      return
    }
    let p = this.position
    for (let i = 0; i < length; i++) buffer[p++] = bytes[i] as number
    this.position = p
  }

  /** Tag, length and UTF-8 text. A lone surrogate becomes U+FFFD. */
  string(tag: number, text: string): void {
    const { length } = text
    if (length <= MAX_LOOPED_TEXT && this.ascii(tag, text)) return
    this.ensure(length * 3 + 7)
    const start = this.position + 1
    this.buffer[this.position++] = tag
    // Most text is ASCII: its length in bytes is guessed, and only where that was wrong the bytes move to make room for a longer one.
    this.varint(length)
    const guessed = this.position
    const written = this.buffer.utf8Write(text, guessed, length * 3)
    if (written !== length) {
      this.buffer.copyWithin(start + varintLength(written), guessed, guessed + written)
      this.position = start
      this.varint(written)
    }
    this.position += written
  }

  /** Tag, length and text of less than 128 characters if all of it is ASCII. Otherwise writes nothing and answers false. */
  ascii(tag: number, text: string): boolean {
    const { length } = text
    this.ensure(length + 2)
    const { buffer } = this
    let at = this.position
    buffer[at++] = tag
    buffer[at++] = length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      buffer[at++] = code
    }
    this.position = at
    return true
  }

  /** Begins a length-delimited field; `close` takes what this returns. */
  open(tag: number): number {
    this.ensure(2)
    this.buffer[this.position++] = tag
    return ++this.position
  }

  /** Begins a length-delimited field of more than 127 and less than 16,384 bytes, as it will most likely be; `closeLong` takes what this returns. */
  openLong(tag: number): number {
    this.ensure(3)
    this.buffer[this.position] = tag
    return (this.position += 3)
  }

  /** Ends the field that began at `start`, whatever its length is. */
  closeLong(start: number): void {
    const length = this.position - start
    if (length >= 128 && length < 16_384) {
      this.buffer[start - 2] = (length & 127) | 128
      this.buffer[start - 1] = length >>> 7
      return
    }
    this.buffer.copyWithin(start - 1, start, this.position)
    this.position--
    this.close(start - 1)
  }

  /** Ends the field that began at `start`: puts its length before it, moving the content when the length needs more than one byte. */
  close(start: number): void {
    const length = this.position - start
    if (length < 128) {
      this.buffer[start - 1] = length
      return
    }
    const extra = varintLength(length) - 1
    this.ensure(extra)
    this.buffer.copyWithin(start + extra, start, this.position)
    this.position = start - 1
    this.varint(length)
    this.position += length
  }

  /** A copy of what was written. Out of Node's pool: memory of its own takes 2 us to get, each time. */
  copy(): Uint8Array {
    return Buffer.copyBytesFrom(this.buffer, 0, this.position)
  }
}
