import type { ValueSink } from './value-sink.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
/** Text up to here is copied character by character; a call costs more than that only for longer text. */
const MAX_SHORT = 32
/** Bytes up to here are copied one by one. */
const MAX_LOOPED = 40
/** Bytes that one UTF-16 unit may need. */
const MAX_UTF8_BYTES = 3

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

/**
 * Writes values as JSON, as UTF-8 into one growing buffer. What JSON has no form for becomes text: numbers that are none, integers beyond 2^53; bytes become base64.
 */
export class JsonWriter implements ValueSink {
  buffer: Buffer
  position = 0
  #first = true

  constructor(capacity = 512) {
    this.buffer = Buffer.allocUnsafe(capacity)
  }

  /** Whether what was written is a string. */
  get isText(): boolean {
    return this.buffer[0] === QUOTE
  }

  /** What was written; a string as it is, not as JSON. */
  plain(): string {
    return this.isText ? (JSON.parse(this.toString()) as string) : this.toString()
  }

  toString(): string {
    return this.buffer.toString('utf8', 0, this.position)
  }

  text(text: string): void {
    if (text.length <= MAX_SHORT && this.#short(text)) return
    this.#write(JSON.stringify(text))
  }

  /** Writes text that needs no escapes; otherwise nothing, and answers false. */
  #short(text: string): boolean {
    const { length } = text
    this.#ensure(length + 2)
    const { buffer } = this
    let at = this.position
    buffer[at++] = QUOTE
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false
      buffer[at++] = code
    }
    buffer[at++] = QUOTE
    this.position = at
    return true
  }

  number(value: number): void {
    if (Number.isFinite(value)) this.#ascii(String(value))
    else this.#short(String(value))
  }

  boolean(value: boolean): void {
    this.raw(value ? TRUE : FALSE)
  }

  integer(value: bigint): void {
    if (Number.isSafeInteger(Number(value))) this.#ascii(value.toString())
    else this.#short(value.toString())
  }

  bytes(bytes: Uint8Array): void {
    this.#write(`"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`)
  }

  nothing(): void {
    this.raw(NULL)
  }

  beginList(): void {
    this.#begin(0x5b)
  }

  beginItem(): void {
    this.#separate()
  }

  endItem(): void {}

  endList(): void {
    this.#end(0x5d)
  }

  beginMap(): void {
    this.#begin(0x7b)
  }

  beginEntry(key: string): void {
    this.#separate()
    this.text(key)
    this.byte(0x3a)
  }

  endEntry(): void {}

  endMap(): void {
    this.#end(0x7d)
  }

  mark(): number {
    return this.position
  }

  rewind(mark: number): void {
    this.position = mark
    this.#first = false
  }

  /** Writes bytes that are JSON already, or a part of it. */
  raw(bytes: Uint8Array, length = bytes.length): void {
    this.#ensure(length)
    const { buffer } = this
    let at = this.position
    if (length > MAX_LOOPED) buffer.set(length === bytes.length ? bytes : bytes.subarray(0, length), at)
    else for (let i = 0; i < length; i++) buffer[at++] = bytes[i] as number
    this.position += length
  }

  byte(value: number): void {
    this.#ensure(1)
    this.buffer[this.position++] = value
  }

  #ascii(text: string): void {
    const { length } = text
    this.#ensure(length)
    const { buffer } = this
    let at = this.position
    for (let i = 0; i < length; i++) buffer[at++] = text.charCodeAt(i)
    this.position = at
  }

  #write(json: string): void {
    this.#ensure(json.length * MAX_UTF8_BYTES)
    this.position += this.buffer.write(json, this.position)
  }

  #begin(bracket: number): void {
    this.byte(bracket)
    this.#first = true
  }

  #separate(): void {
    if (this.#first) this.#first = false
    else this.byte(COMMA)
  }

  #end(bracket: number): void {
    this.byte(bracket)
    this.#first = false
  }

  #ensure(length: number): void {
    const needed = this.position + length
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(larger, 0, 0, this.position)
    this.buffer = larger
  }
}
