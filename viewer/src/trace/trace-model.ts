import type { LogRecord, TraceAnswer } from '../api/contract.ts'
import { spanTree, startNanos, type SpanNode } from './span-tree.ts'

/** A record in its place on the axis. */
export interface PlacedRecord {
  readonly record: LogRecord
  readonly at: number
}

/** A trace laid out on one axis of milliseconds that begins at 0. */
export interface TraceModel {
  readonly roots: readonly SpanNode[]
  readonly bySpanId: ReadonlyMap<string, SpanNode>
  readonly recordsOf: ReadonlyMap<SpanNode, readonly PlacedRecord[]>
  /** Records of the trace whose span is not stored, or that have none. */
  readonly loose: readonly PlacedRecord[]
  readonly length: number
  /** Milliseconds since 1970 at 0 on the axis. */
  readonly epoch: number
  readonly services: readonly string[]
  readonly errors: number
}

/** Many SDKs tell a record's time in whole milliseconds, a span's in nanoseconds: so much may a record seem to be before its span. */
const RECORD_PRECISION_MILLIS = 1

/** Lays a trace out. */
export function modelTrace(answer: TraceAnswer): TraceModel {
  const roots = spanTree(answer.spans)
  const nodes = allNodes(roots)
  const least = nodes.reduce((start, node) => Math.min(start, node.start), roots.length > 0 ? Infinity : 0)
  for (const node of nodes) node.start -= least
  const epoch = firstMillis(answer) + least
  const bySpanId = new Map(nodes.map((node) => [node.span.span_id, node]))
  const { recordsOf, loose } = placeRecords(answer.records, bySpanId, epoch)
  const ends = nodes.map((node) => node.start + (node.duration ?? 0))
  const looseEnds = roots.length === 0 ? loose.map(({ at }) => at) : []
  return {
    roots,
    bySpanId,
    recordsOf,
    loose,
    epoch,
    length: [...ends, ...looseEnds].reduce((most, end) => Math.max(most, end), 0.001),
    services: [...new Set(answer.spans.map(({ service }) => service ?? ''))].filter((name) => name !== ''),
    errors: answer.spans.filter(({ status }) => status === 'ERROR').length,
  }
}

function placeRecords(records: readonly LogRecord[], bySpanId: ReadonlyMap<string, SpanNode>, epoch: number) {
  const recordsOf = new Map<SpanNode, PlacedRecord[]>()
  const loose: PlacedRecord[] = []
  for (const record of records) {
    const node = bySpanId.get(record.span_id ?? '')
    const at = Number(BigInt(record.time_unix_nano) / 1_000n) / 1_000 - epoch
    if (!node) {
      loose.push({ record, at })
      continue
    }
    const moved = at + node.shift
    const early = moved < node.start && moved > node.start - RECORD_PRECISION_MILLIS
    const placed = { record, at: early ? node.start : moved }
    const others = recordsOf.get(node)
    if (others) others.push(placed)
    else recordsOf.set(node, [placed])
  }
  return { recordsOf, loose }
}

function allNodes(roots: readonly SpanNode[]): SpanNode[] {
  const nodes: SpanNode[] = []
  const open = [...roots]
  for (let node = open.pop(); node; node = open.pop()) {
    nodes.push(node)
    open.push(...node.children)
  }
  return nodes
}

function firstMillis({ spans, records }: TraceAnswer): number {
  const first = spans
    .map(startNanos)
    .reduce<bigint | null>((least, nano) => (least === null || nano < least ? nano : least), null)
  if (first !== null) return Number(first / 1_000n) / 1_000
  return Date.parse(records[0]?.timestamp ?? '') || 0
}
