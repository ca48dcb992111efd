import type { OrderFields } from '../workload.ts'

const BATCH_RECORDS = 512
const LOOP_CHARACTERS = 32
const ROOM = 512 * 1_024
/** Where records begin: before them lie the fields around them, whose lengths are known at the end. */
const HEAD = 64
const SCOPE = Buffer.from('\x0a\x08\x0a\x06orders', 'latin1')
const INFO = Buffer.from('\x10\x09\x1a\x04INFO', 'latin1')

/** Records as one OTLP request, written by hand into one buffer that is used again and again. Texts must be ASCII, of at most 127 characters. */
export class HandEncoder {
  readonly #full: (batch: Buffer) => void
  readonly #bytes = Buffer.allocUnsafe(ROOM)
  #at = HEAD
  #count = 0

  /** @param full takes each request of 512 records, and must be done with its memory when it returns */
  constructor(full: (batch: Buffer) => void) {
    this.#full = full
    SCOPE.copy(this.#bytes, HEAD - SCOPE.length)
  }

  add(message: string, fields: OrderFields, more?: Readonly<Record<string, string | number>>): void {
    const record = this.#open(0x12)
    this.#time(0x09)
    this.#at += INFO.copy(this.#bytes, this.#at)
    const body = this.#open(0x2a)
    this.#text(0x0a, message)
    this.#close(body)
    for (const key in fields) this.#attribute(key, fields[key as keyof OrderFields])
    if (more !== undefined) for (const key in more) this.#attribute(key, more[key] as string | number)
    this.#close(record)
    if (++this.#count === BATCH_RECORDS) this.end()
  }

  /** Gives away what there is. */
  end(): void {
    if (this.#count === 0) return
    const scopeLogs = this.#wrap(0x12, HEAD - SCOPE.length)
    const resourceLogs = this.#wrap(0x0a, scopeLogs)
    this.#full(this.#bytes.subarray(resourceLogs, this.#at))
    this.#at = HEAD
    this.#count = 0
  }

  /** Writes, before what lies at `start`, a tag and the length of all from there to the end. @returns where it begins now */
  #wrap(tag: number, start: number): number {
    const length = this.#at - start
    this.#bytes[start - 5] = tag
    for (let i = 0; i < 4; i++) this.#bytes[start - 4 + i] = ((length >>> (7 * i)) & 0x7f) | (i < 3 ? 0x80 : 0)
    return start - 5
  }

  #attribute(key: string, value: string | number | boolean): void {
    const attribute = this.#open(0x32)
    this.#text(0x0a, key)
    const any = this.#open(0x12)
    if (typeof value === 'string') this.#text(0x0a, value)
    else if (typeof value === 'boolean') {
      this.#bytes[this.#at++] = 0x10
      this.#bytes[this.#at++] = value ? 1 : 0
    } else if (Number.isInteger(value)) {
      this.#bytes[this.#at++] = 0x18
      this.#varint(value)
    } else {
      this.#bytes[this.#at++] = 0x21
      this.#at = this.#bytes.writeDoubleLE(value, this.#at)
    }
    this.#close(any)
    this.#close(attribute)
  }

  #time(tag: number): void {
    this.#bytes[this.#at++] = tag
    const millis = Date.now()
    const low = (millis % 2 ** 16) * 1_000_000
    const high = Math.floor(millis / 2 ** 16) * 1_000_000
    const sum = (high % 2 ** 16) * 2 ** 16 + low
    this.#at = this.#bytes.writeUInt32LE(sum % 2 ** 32, this.#at)
    this.#at = this.#bytes.writeUInt32LE(Math.floor(high / 2 ** 16) + Math.floor(sum / 2 ** 32), this.#at)
  }

  #text(tag: number, text: string): void {
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = tag
    bytes[at++] = text.length
    // A call into C++ costs more than a short loop.
    if (text.length > LOOP_CHARACTERS) at += bytes.write(text, at, 'latin1')
    else for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.#at = at
  }

  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#at++] = rest
  }

  /** A length of two bytes, written by `close`. */
  #open(tag: number): number {
    this.#bytes[this.#at] = tag
    this.#at += 3
    return this.#at
  }

  #close(start: number): void {
    const length = this.#at - start
    this.#bytes[start - 2] = (length & 0x7f) | 0x80
    this.#bytes[start - 1] = length >>> 7
  }
}
