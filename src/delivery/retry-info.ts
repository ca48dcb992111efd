import { ProtobufReader } from '../otlp/protobuf-reader.ts'

const MAX_MILLIS = 300_000
const RETRY_INFO = '/google.rpc.RetryInfo'

/**
 * The delay of the RetryInfo in a `google.rpc.Status`, in milliseconds, 0 when it names none; undefined without a RetryInfo.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling
 */
export function retryDelay(status: Buffer): number | undefined {
  try {
    for (const detail of parts(status, 3)) {
      const [type] = parts(detail, 1)
      if (type?.toString().endsWith(RETRY_INFO) === true) return delayOf(parts(detail, 2)[0])
    }
  } catch {
    // not a status
  }
  return undefined
}

/** A RetryInfo has a Duration in field 1: seconds in its field 1, nanoseconds in its field 2. */
function delayOf(retryInfo: Buffer | undefined): number {
  const [duration] = retryInfo === undefined ? [] : parts(retryInfo, 1)
  if (duration === undefined) return 0
  const reader = new ProtobufReader(duration)
  let millis = 0
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x08) millis += Number(reader.readInt64()) * 1_000
    else if (tag === 0x10) millis += Number(reader.readInt64()) / 1e6
    else reader.skip(tag)
  }
  return Math.max(0, Math.min(millis, MAX_MILLIS))
}

/** What a message has in one of its fields of texts and messages. */
function parts(message: Buffer, field: number): Buffer[] {
  const reader = new ProtobufReader(message)
  const found: Buffer[] = []
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    const outer = tag === ((field << 3) | 2) ? reader.enter() : undefined
    if (outer === undefined) {
      reader.skip(tag)
      continue
    }
    found.push(message.subarray(reader.position, reader.limit))
    reader.position = reader.limit
    reader.leave(outer)
  }
  return found
}
