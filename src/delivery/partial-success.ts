/** What an OTLP answer says about items that the receiver took but will not keep. */
export interface PartialSuccess {
  readonly rejected: number
  readonly message: string
}

const NONE: PartialSuccess = Object.freeze({ rejected: 0, message: '' })

/**
 * Reads `partial_success` of an export response: field 1, in it the rejected count (field 1) and a message (field 2); the same for all signals.
 * An answer that can't be read counts as full success.
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function partialSuccess(content: Buffer, contentType: string | undefined): PartialSuccess {
  try {
    return contentType?.includes('json') === true ? fromJson(content) : fromProtobuf(content)
  } catch {
    return NONE
  }
}

function fromJson(content: Buffer): PartialSuccess {
  if (content.length === 0) return NONE
  const { partialSuccess: partial } = JSON.parse(content.toString('utf8')) as {
    partialSuccess?: Record<string, unknown>
  }
  if (partial === undefined) return NONE
  const rejected = partial['rejectedLogRecords'] ?? partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0
  const { errorMessage } = partial
  return { rejected: Number(rejected), message: typeof errorMessage === 'string' ? errorMessage : '' }
}

function fromProtobuf(content: Buffer): PartialSuccess {
  if (content.length < 2 || content[0] !== 0x0a) return NONE
  let position = 1
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = content[position++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const end = position + varint() + 1
  let rejected = 0
  let message = ''
  while (position < Math.min(end, content.length)) {
    const tag = content[position++]
    if (tag === 0x08) rejected = varint()
    else if (tag === 0x12) {
      const length = varint()
      message = content.toString('utf8', position, (position += length))
    } else break
  }
  return { rejected, message }
}
