import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { countDataPoints } from '../src/otlp/decode-request.ts'
import { readScopes } from '../src/otlp/decode-scopes.ts'
import { ProtobufReader } from '../src/otlp/protobuf-reader.ts'

/** A request's body as it came. */
export interface Body {
  readonly path: string
  readonly encoding: string | undefined
  readonly type: string
  readonly body: Buffer
}

/** What came. */
export interface Received {
  readonly requests: number
  /** On the wire, without headers. */
  readonly bytes: number
  readonly logs: number
  /** Records of the workload, each once, told by their numbers. */
  readonly unique: number
  /** Records of the workload that came again. */
  readonly doubled: number
  readonly spans: number
  readonly points: number
}

const KEY = Buffer.from('order.id')

/** Counts what is in requests. It looks for the records' numbers without decoding the rest: it shares the machine with what is measured. */
export class ReceivedCount {
  #requests = 0
  #bytes = 0
  #logs = 0
  #unique = 0
  #doubled = 0
  #spans = 0
  #points = 0
  #seen = new Uint8Array(1 << 20)

  get totals(): Received {
    const [requests, bytes, logs] = [this.#requests, this.#bytes, this.#logs]
    return {
      requests,
      bytes,
      logs,
      unique: this.#unique,
      doubled: this.#doubled,
      spans: this.#spans,
      points: this.#points,
    }
  }

  add({ path, encoding, type, body }: Body): void {
    const content = decompress(body, encoding)
    this.#requests++
    this.#bytes += body.length
    if (path.endsWith('/v1/traces')) this.#spans += countItems(content)
    else if (path.endsWith('/v1/metrics')) this.#points += countDataPoints(content, 'protobuf')
    else if (type === 'application/x-protobuf') {
      this.#logs += countItems(content)
      this.#addProtobuf(content)
    } else this.#addText(content.toString('latin1'))
  }

  #addProtobuf(content: Buffer): void {
    for (let at = content.indexOf(KEY); at >= 0; at = content.indexOf(KEY, at)) {
      at += KEY.length
      this.#see(readNumber(content, at))
    }
  }

  /** OTLP as JSON has `"order.id","value":{"intValue":7}`, an envelope of Sentry's `"order.id":{"value":7`. */
  #addText(content: string): void {
    for (const [, digits] of content.matchAll(/"order\.id"\D+(\d+)/g)) {
      this.#logs++
      this.#see(Number(digits))
    }
  }

  #see(number: number): void {
    if (number >= this.#seen.length) {
      const larger = new Uint8Array(number * 2)
      larger.set(this.#seen)
      this.#seen = larger
    }
    if (this.#seen[number] === 1) this.#doubled++
    else this.#unique++
    this.#seen[number] = 1
  }
}

/** The integer behind a KeyValue's key: field 2, an AnyValue with an int_value. Lengths may be padded. */
function readNumber(content: Buffer, at: number): number {
  let tag = at + 2
  while ((content[tag - 1] as number) > 0x7f) tag++
  if (content[at] !== 0x12 || content[tag] !== 0x18) throw new Error('order.id is no integer')
  let number = 0
  let scale = 1
  for (let i = tag + 1; ; i++, scale *= 128) {
    const byte = content[i] as number
    number += (byte & 0x7f) * scale
    if (byte < 0x80) return number
  }
}

function decompress(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'gzip') return gunzipSync(body)
  return encoding === 'zstd' ? zstdDecompressSync(body) : body
}

function countItems(content: Buffer): number {
  let items = 0
  const reader = new ProtobufReader(content)
  readScopes(reader, () => {
    reader.skip(0x12)
    items++
  })
  return items
}
