import { ProtobufReader } from '../otlp/protobuf-reader.ts'

/** What an OTLP answer says about items that the receiver took but will not keep. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

/**
 * Reads `partial_success` of an export response; the same for all signals. An answer that can't be read counts as full success.
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function partialSuccess(content: Buffer, contentType: string | undefined): PartialSuccess {
  if (isJson(contentType)) {
    const { partialSuccess: partial } = parse(content) as { partialSuccess?: Record<string, unknown> }
    const rejected = partial?.['rejectedLogRecords'] ?? partial?.['rejectedSpans'] ?? partial?.['rejectedDataPoints']
    return { rejected: countOf(rejected), message: textOf(partial?.['errorMessage']) }
  }
  const { number, text } = readPair(content, 1)
  return { rejected: countOf(number), message: text }
}

/** The message in the `google.rpc.Status` that an OTLP receiver answers with when it takes nothing; empty when it says nothing. */
export function statusMessage(content: Buffer, contentType: string | undefined): string {
  if (isJson(contentType)) return textOf((parse(content) as { message?: unknown }).message)
  return contentType?.includes('protobuf') === true ? readPair(content, 0).text : ''
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.includes('json') === true
}

function parse(content: Buffer): object {
  try {
    const parsed: unknown = JSON.parse(content.toString())
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A count that can't be one is none. */
function countOf(value: unknown): number {
  const count = Number(value ?? 0)
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

/** Field 1, a number, and field 2, a text, of a message that is `depth` messages deep in field 1. Of what is cut off or broken, what came before it. */
function readPair(content: Buffer, depth: number): { readonly number: number | string; readonly text: string } {
  const read: { number: number | string; text: string } = { number: 0, text: '' }
  const reader = new ProtobufReader(content)
  try {
    for (let level = 0; level < depth; level++) {
      if (reader.readTag() !== 0x0a) return read
      const length = reader.readVarint32()
      reader.limit = Math.min(reader.limit, reader.position + length)
    }
    while (reader.position < reader.limit) {
      const tag = reader.readTag()
      if (tag === 0x08) read.number = reader.readInt64()
      else if (tag === 0x12) read.text = reader.readString()
      else reader.skip(tag)
    }
  } catch {
    // the rest can't be read
  }
  return read
}
