import type { ByteWriter } from './byte-writer.ts'
import { spellingsOf } from './attribute-key.ts'
import { encodeAttribute, encodeAttributes } from './encode-attribute.ts'
import type { Encoding } from './encoding.ts'
import type { Fields } from './fields.ts'
import { encodeSharedAttributes } from './shared-attributes.ts'
import type { SpanData, SpanEvent, SpanLink } from './span-data.ts'
import { hex } from './trace-identity.ts'

const ATTRIBUTE = 0x4a
/** What a request says of itself: on a span of other work inside it, a backend would take that work for an HTTP request. */
const ON_RECORDS_ONLY: ReadonlySet<string> = new Set([
  'http.request.method',
  'url.path',
  'http.route',
  'client.address',
])
const HAS_IS_REMOTE = 0x100
const IS_REMOTE = 0x200

/**
 * Writes an ended span as the field `spans` of ScopeSpans.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function encodeSpan(writer: ByteWriter, span: SpanData, encoding: Encoding): void {
  const start = writer.openLong(0x12)
  hex(writer, 0x0a, span.traceId)
  hex(writer, 0x12, span.spanId)
  if (span.traceState !== undefined && span.traceState !== '')
    writer.string(0x1a, encoding.safety.text(span.traceState))
  if (span.parentSpanId !== undefined) hex(writer, 0x22, span.parentSpanId)
  writer.string(0x2a, encoding.safety.text(span.name))
  writer.byte(0x30)
  writer.byte(span.kind)
  writer.byte(0x39)
  writer.unixNanos(span.startMillis)
  writer.byte(0x41)
  writer.unixNanos(span.endMillis)
  encodeSpanAttributes(writer, span, encoding)
  count(writer, 0x50, span.droppedAttributes)
  for (const event of span.events) encodeEvent(writer, event, encoding)
  count(writer, 0x60, span.droppedEvents)
  for (const link of span.links) encodeLink(writer, link, encoding)
  count(writer, 0x70, span.droppedLinks)
  encodeStatus(writer, span, encoding)
  writer.varint(0x85)
  writer.fixed32(flags(span.traceFlags, span.parentIsRemote))
  writer.closeLong(start)
}

/** @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto (SpanFlags) */
function flags(traceFlags: number, isRemote: boolean): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0)
}

/** The bound fields, but for those that the span has itself or that ride on records only; then its own. */
function encodeSpanAttributes(writer: ByteWriter, span: SpanData, encoding: Encoding): void {
  const bound = span.context?.fields
  for (const name in bound) {
    if (ridesOn(span, name)) encodeAttribute(writer, ATTRIBUTE, encoding, name, bound[name])
  }
  encodeSharedAttributes(writer, ATTRIBUTE, encoding, span.attributes)
}

function ridesOn(span: SpanData, name: string): boolean {
  if (ON_RECORDS_ONLY.has(name)) return false
  for (const spelling of spellingsOf(name)) if (Object.hasOwn(span.attributes, spelling)) return false
  return true
}

/** A span's attributes as they would be written: the bound fields that ride on it, then its own. */
export function spanFields(span: SpanData): Fields {
  const fields = Object.create(null) as Record<string, unknown>
  const bound = span.context?.fields
  for (const name in bound) if (ridesOn(span, name)) fields[name] = bound[name]
  return Object.assign(fields, span.attributes)
}

function count(writer: ByteWriter, tag: number, value: number): void {
  if (value === 0) return
  writer.byte(tag)
  writer.varint(value)
}

function encodeEvent(writer: ByteWriter, event: SpanEvent, encoding: Encoding): void {
  const start = writer.open(0x5a)
  writer.byte(0x09)
  writer.unixNanos(event.timeMillis)
  writer.string(0x12, encoding.safety.text(event.name))
  encodeAttributes(writer, 0x1a, encoding, event.attributes)
  writer.close(start)
}

function encodeLink(writer: ByteWriter, link: SpanLink, encoding: Encoding): void {
  const start = writer.open(0x6a)
  hex(writer, 0x0a, link.context.traceId)
  hex(writer, 0x12, link.context.spanId)
  if (link.context.traceState !== undefined) writer.string(0x1a, encoding.safety.text(link.context.traceState))
  encodeAttributes(writer, 0x22, encoding, link.attributes)
  writer.byte(0x35)
  writer.fixed32(flags(link.context.traceFlags, link.context.isRemote === true))
  writer.close(start)
}

function encodeStatus(writer: ByteWriter, span: SpanData, encoding: Encoding): void {
  if (span.statusCode === 0) return
  const start = writer.open(0x7a)
  if (span.statusMessage !== undefined) writer.string(0x12, encoding.safety.text(span.statusMessage))
  writer.byte(0x18)
  writer.byte(span.statusCode)
  writer.close(start)
}
