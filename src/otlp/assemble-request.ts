import { ByteWriter, varintLength } from './byte-writer.ts'

/** Encoded items (log records, spans or metrics) that share a scope. */
export interface ScopeItems {
  /** The content of an InstrumentationScope message. */
  readonly scope: Uint8Array
  /** Items with their tag and length, ready to be copied. */
  readonly items: readonly Uint8Array[]
}

/**
 * Puts items under their scopes and one resource: the body of an OTLP export request, without decoding any of them.
 * The same for all three signals, since their envelopes have the same field numbers
 * (resource 1, scope_* 2; scope 1, items 2).
 */
export function assembleRequest(resource: Uint8Array, scopes: readonly ScopeItems[]): Uint8Array {
  const writer = new ByteWriter(estimate(resource, scopes))
  const request = writer.open(0x0a)
  writer.byte(0x0a)
  writer.varint(resource.length)
  writer.bytes(resource)
  for (const { scope, items } of scopes) {
    let length = scope.length + 1 + varintLength(scope.length)
    for (const item of items) length += item.length
    writer.byte(0x12)
    writer.varint(length)
    writer.byte(0x0a)
    writer.varint(scope.length)
    writer.bytes(scope)
    for (const item of items) writer.bytes(item)
  }
  writer.close(request)
  return writer.buffer.subarray(0, writer.position)
}

function estimate(resource: Uint8Array, scopes: readonly ScopeItems[]): number {
  let total = resource.length + 64
  for (const { scope, items } of scopes) {
    total += scope.length + 32
    for (const item of items) total += item.length
  }
  return total
}
