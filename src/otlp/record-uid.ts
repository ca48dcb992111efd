import { randomBytes } from 'node:crypto'
import { ATTRIBUTE } from '../fields/index.ts'
import { ByteWriter } from './byte-writer.ts'

/** The id of one record, `log.record.uid`, the same in every output. */
export interface RecordUid {
  /** The whole attribute as a field of LogRecord. */
  readonly attribute: Uint8Array
  /** The id as text. */
  text(): string
}

const CROCKFORD = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')
const TIME_DIGITS = 10
const COUNT_DIGITS = 16
const LENGTH = TIME_DIGITS + COUNT_DIGITS

/**
 * ULIDs: 10 characters of time, then 16 that are random at the start of the process and count up from there, so that ids of one process sort as they were made.
 * There is one id at a time, that of the record being made: `next` writes it over the last.
 * @see https://github.com/ulid/spec
 */
export class RecordUids implements RecordUid {
  readonly attribute: Uint8Array
  readonly #digits: Buffer
  readonly #count = randomBytes(COUNT_DIGITS).map((byte) => byte % 32)
  #millis = -1
  /** The text but for its last two digits; undefined when it changed. */
  #prefix: string | undefined
  readonly #endings: string[] = []

  constructor() {
    this.attribute = uidAttribute('0'.repeat(LENGTH))
    this.#digits = Buffer.from(
      this.attribute.buffer,
      this.attribute.byteOffset + this.attribute.length - LENGTH,
      LENGTH,
    )
    for (let i = 0; i < COUNT_DIGITS; i++) this.#digits[TIME_DIGITS + i] = CROCKFORD[this.#count[i] as number] as number
  }

  /** Makes the next id, of this time in milliseconds since 1970. */
  next(millis: number): this {
    const whole = Math.floor(millis)
    if (whole !== this.#millis) this.#setTime(whole)
    for (let i = COUNT_DIGITS - 1; i >= 0; i--) {
      const digit = ((this.#count[i] as number) + 1) & 31
      this.#count[i] = digit
      this.#digits[TIME_DIGITS + i] = CROCKFORD[digit] as number
      if (i < COUNT_DIGITS - 2) this.#prefix = undefined
      if (digit !== 0) break
    }
    return this
  }

  #setTime(millis: number): void {
    this.#millis = millis
    this.#prefix = undefined
    let rest = Math.max(0, millis)
    for (let i = TIME_DIGITS - 1; i >= 0; i--) {
      this.#digits[i] = CROCKFORD[rest % 32] as number
      rest = Math.floor(rest / 32)
    }
  }

  text(): string {
    this.#prefix ??= this.#digits.toString('latin1', 0, LENGTH - 2)
    const last = (this.#count[COUNT_DIGITS - 2] as number) * 32 + (this.#count[COUNT_DIGITS - 1] as number)
    this.#endings[last] ??= this.#digits.toString('latin1', LENGTH - 2)
    return this.#prefix + this.#endings[last]
  }
}

/** The attribute `log.record.uid` with this value, as a field of LogRecord. */
export function uidAttribute(text: string): Uint8Array {
  const writer = new ByteWriter(64)
  const attribute = writer.open(0x32)
  writer.string(0x0a, ATTRIBUTE.uid)
  const value = writer.open(0x12)
  writer.string(0x0a, text)
  writer.close(value)
  writer.close(attribute)
  return writer.copy()
}
