import type {
  Attributes,
  DecodedSpans,
  ResourceEntry,
  ScopeEntry,
  SpanEntry,
  SpanEventEntry,
  SpanLinkEntry,
} from './decode-entry.ts'
import { millisOf, nanosOf } from './decode-time.ts'
import { readKeyValue } from './decode-value.ts'
import type { ProtobufReader } from './protobuf-reader.ts'

/** Reads one `Span` (its length first) into `decoded`. */
export function readSpan(
  reader: ProtobufReader,
  resource: ResourceEntry,
  scope: ScopeEntry,
  decoded: DecodedSpans & { rejected: number },
): void {
  const outer = reader.enter()
  let traceId = ''
  let spanId = ''
  let parentSpanId = ''
  let name = ''
  let kind = 0
  let startMillis = 0
  let startNanos = 0
  let endMillis = 0
  let endNanos = 0
  let status = NO_STATUS
  const attributes: Attributes = {}
  const events: SpanEventEntry[] = []
  const links: SpanLinkEntry[] = []
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    switch (tag) {
      case 0x0a: // trace_id
        traceId = reader.readId(16)
        break
      case 0x12: // span_id
        spanId = reader.readId(8)
        break
      case 0x22: // parent_span_id
        parentSpanId = reader.readId(8)
        break
      case 0x2a: // name
        name = reader.readName()
        break
      case 0x30: // kind
        kind = reader.readVarint32()
        break
      case 0x39: // start_time_unix_nano
        reader.readFixed64()
        startMillis = millisOf(reader.low, reader.high)
        startNanos = nanosOf(reader.low, reader.high)
        break
      case 0x41: // end_time_unix_nano
        reader.readFixed64()
        endMillis = millisOf(reader.low, reader.high)
        endNanos = nanosOf(reader.low, reader.high)
        break
      case 0x4a: // attributes
        readKeyValue(reader, attributes)
        break
      case 0x5a: // events
        events.push(readEvent(reader))
        break
      case 0x6a: // links
        links.push(readLink(reader))
        break
      case 0x7a: // status
        status = readStatus(reader)
        break
      default:
        reader.skip(tag)
    }
  }
  reader.leave(outer)
  keepSpan(decoded, {
    resource,
    scope,
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startMillis,
    startNanos,
    durationNanos: durationNanos(startMillis, startNanos, endMillis, endNanos),
    statusCode: status.code,
    statusMessage: status.message,
    attributes,
    events,
    links,
  })
}

/** A span without valid ids can't be stored: it is counted, with the reason, for the partial success of the answer. */
export function keepSpan(decoded: DecodedSpans & { rejected: number }, span: SpanEntry): void {
  if (span.traceId !== '' && span.spanId !== '') decoded.spans.push(span)
  else decoded.rejected++
}

/** An end before the start, or none, is a duration of 0. */
export function durationNanos(startMillis: number, startNanos: number, endMillis: number, endNanos: number): number {
  return Math.max(0, (endMillis - startMillis) * 1_000_000 + endNanos - startNanos)
}

const NO_STATUS = { code: 0, message: '' }

function readStatus(reader: ProtobufReader): { code: number; message: string } {
  const outer = reader.enter()
  const status = { code: 0, message: '' }
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x12) status.message = reader.readString()
    else if (tag === 0x18) status.code = reader.readVarint32()
    else reader.skip(tag)
  }
  reader.leave(outer)
  return status
}

function readEvent(reader: ProtobufReader): SpanEventEntry {
  const outer = reader.enter()
  const attributes: Attributes = {}
  let name = ''
  let timeMillis = 0
  let timeNanos = 0
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x09) {
      reader.readFixed64()
      timeMillis = millisOf(reader.low, reader.high)
      timeNanos = nanosOf(reader.low, reader.high)
    } else if (tag === 0x12) name = reader.readName()
    else if (tag === 0x1a) readKeyValue(reader, attributes)
    else reader.skip(tag)
  }
  reader.leave(outer)
  return { name, timeMillis, timeNanos, attributes }
}

function readLink(reader: ProtobufReader): SpanLinkEntry {
  const outer = reader.enter()
  const attributes: Attributes = {}
  let traceId = ''
  let spanId = ''
  while (reader.position < reader.limit) {
    const tag = reader.readTag()
    if (tag === 0x0a) traceId = reader.readId(16)
    else if (tag === 0x12) spanId = reader.readId(8)
    else if (tag === 0x22) readKeyValue(reader, attributes)
    else reader.skip(tag)
  }
  reader.leave(outer)
  return { traceId, spanId, attributes }
}
