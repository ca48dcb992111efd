import type { ValueSafety, ValueSink } from '../values/index.ts'
import { isInt64, type ByteWriter } from './byte-writer.ts'

/** Writes the content of an AnyValue from any JavaScript value. */
export function encodeValue(writer: ByteWriter, value: unknown, safety: ValueSafety): void {
  if (typeof value === 'string') writer.string(0x0a, safety.text(value))
  else if (typeof value === 'number') encodeNumber(writer, value)
  else if (typeof value === 'boolean') encodeBoolean(writer, value)
  else if (value !== undefined && value !== null) safety.write(value, new AnyValueSink(writer))
}

function encodeBoolean(writer: ByteWriter, value: boolean): void {
  writer.byte(0x10)
  writer.byte(value ? 1 : 0)
}

/** Integers beyond int64 are doubles, as in OpenTelemetry's own serializers. */
function encodeNumber(writer: ByteWriter, value: number): void {
  if (isInt64(value)) {
    writer.byte(0x18)
    writer.varint(value)
  } else {
    writer.byte(0x21)
    writer.double(value)
  }
}

/**
 * Writes values as the content of AnyValue messages.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto
 */
class AnyValueSink implements ValueSink {
  readonly #writer: ByteWriter
  /** Where the messages that are not ended yet began. */
  readonly #open: number[] = []

  constructor(writer: ByteWriter) {
    this.#writer = writer
  }

  text(text: string): void {
    this.#writer.string(0x0a, text)
  }

  number(value: number): void {
    encodeNumber(this.#writer, value)
  }

  boolean(value: boolean): void {
    encodeBoolean(this.#writer, value)
  }

  integer(value: bigint): void {
    this.#writer.byte(0x18)
    this.#writer.bigVarint(BigInt.asUintN(64, value))
  }

  bytes(bytes: Uint8Array): void {
    this.#begin(0x3a)
    this.#writer.bytes(bytes)
    this.#end()
  }

  nothing(): void {}

  beginList(): void {
    this.#begin(0x2a)
  }

  beginItem(): void {
    this.#begin(0x0a)
  }

  endItem(): void {
    this.#end()
  }

  endList(): void {
    this.#end()
  }

  beginMap(): void {
    this.#begin(0x32)
  }

  beginEntry(key: string): void {
    this.#begin(0x0a)
    this.#writer.string(0x0a, key)
    this.#begin(0x12)
  }

  endEntry(): void {
    this.#end()
    this.#end()
  }

  endMap(): void {
    this.#end()
  }

  mark(): number {
    return this.#writer.position
  }

  /** A message begins after the place where its value does, so those that began after the mark are forgotten with it. */
  rewind(mark: number): void {
    this.#writer.position = mark
    while ((this.#open.at(-1) ?? 0) > mark) this.#open.pop()
  }

  #begin(tag: number): void {
    this.#open.push(this.#writer.open(tag))
  }

  #end(): void {
    this.#writer.close(this.#open.pop() as number)
  }
}
